"""Invented stories of the demo, topics 1 to 5. Places in braces are filled by stories.py; no real person or school.

Each entry: topic number, levels of schools that may tell it, months it belongs to (empty: any), genre, drawing,
title, lead, paragraphs, caption, alternative text.
"""

from __future__ import annotations

from typing import NamedTuple


class Tale(NamedTuple):
    topic: int
    levels: str
    months: tuple[int, ...]
    genre: str
    art: str
    title: str
    lead: str
    body: tuple[str, ...]
    caption: str
    alt: str


TALES_A = [
    Tale(
        1,
        "so xa",
        (1, 2, 3),
        "article",
        "san-truong",
        "Luật Nhà giáo vào trường học: {n} buổi tọa đàm ở {place}",
        "Không đọc luật từ đầu đến cuối, các trường ở {place} chọn những điều giáo viên hỏi nhiều nhất để cùng trao đổi.",
        (
            "Buổi tọa đàm đầu tiên diễn ra chiều thứ Sáu, sau giờ dạy. Cán bộ phòng Tổ chức cán bộ mang theo bảng so sánh quy định cũ và mới, in khổ lớn, treo quanh phòng họp.",
            "Câu hỏi nhiều nhất là về tuyển dụng, điều động và chế độ với giáo viên vùng khó khăn. Điều nào chưa có hướng dẫn, người trình bày nói rõ là chưa có và ghi lại để trả lời sau bằng văn bản.",
            "Đến nay đã có {n} buổi như vậy, với gần {n2} lượt giáo viên tham dự. Phần hỏi đáp được tổng hợp thành tài liệu gửi về từng trường.",
            "Văn phòng Sở cho biết các buổi tiếp theo sẽ dành cho giáo viên hợp đồng và nhân viên trường học.",
        ),
        "Giáo viên trao đổi trong buổi tọa đàm tại {place}.",
        "Nhóm giáo viên ngồi quanh bàn ở sân trường, trước mặt là tài liệu",
    ),
    Tale(
        1,
        "so",
        (6, 7, 8),
        "news",
        "san-truong",
        "Sau một năm chính quyền hai cấp, trường học ở {place} được xã quản lý ra sao",
        "Hồ sơ chuyển trường, thuyên chuyển giáo viên, sửa chữa nhỏ… nay do UBND xã giải quyết. Người dân bớt đi lại, cán bộ xã thêm việc mới.",
        (
            "Từ ngày 01/7/2025, các trường mầm non, tiểu học và trung học cơ sở trên địa bàn thuộc quyền quản lý trực tiếp của UBND xã. Phòng Văn hóa – Xã hội là nơi tham mưu về giáo dục.",
            "Ở {place}, hai cán bộ phụ trách giáo dục đều từng là giáo viên. Họ lập nhóm liên lạc với {n} trường, mỗi thứ Hai rà soát các việc còn chậm.",
            "Việc mới nhất là quy trình sửa chữa nhỏ: trường báo buổi sáng, xã cử người xem trong ngày và trả lời bằng văn bản trong ba ngày làm việc.",
        ),
        "Một buổi làm việc của Phòng Văn hóa – Xã hội với các trường.",
        "Sân một trường học vùng cao vào buổi sáng",
    ),
    Tale(
        2,
        "mn",
        (),
        "article",
        "vuon-truong",
        "Vườn rau của bé ở {school}: mỗi lớp một luống, mỗi ngày một việc",
        "Trẻ {age} tuổi tưới nước bằng gáo dừa, nhổ cỏ bằng tay và học đếm bằng số quả cà chua vừa chín.",
        (
            "Khoảng đất trống sau bếp ăn rộng chừng {n2} mét vuông, trước đây chỉ để vật liệu. Mùa xuân năm nay, phụ huynh và cô giáo cùng cuốc đất, chia thành các luống nhỏ mang tên từng lớp.",
            "Mỗi sáng, một nhóm trẻ ra vườn mười lăm phút. Việc được chia theo tuổi: lớp bé tưới nước, lớp nhỡ bắt sâu, lớp lớn ghi vào bảng xem hôm nay cây cao thêm bao nhiêu.",
            "Rau thu hoạch được đưa thẳng vào bếp bán trú. Cô nuôi kể rằng những hôm có rau lớp mình trồng, trẻ ăn hết suất nhanh hơn hẳn.",
            "Nhà trường dự định mời thêm phụ huynh có nghề làm vườn đến dạy trẻ ươm hạt vào đầu học kỳ tới.",
        ),
        "Luống rau của lớp mẫu giáo lớn sau ba tuần gieo hạt.",
        "Vườn rau trong sân trường với bình tưới màu tím và các luống xanh",
    ),
    Tale(
        2,
        "mn",
        (8, 9),
        "news",
        "trong-truong",
        "{school} đón {n2} trẻ ba tuổi ra lớp: ngày đầu không tiếng khóc dài",
        "Trước ngày tựu trường, các cô đến từng nhà làm quen với trẻ. Buổi sáng đầu tiên vì thế nhẹ nhàng hơn mọi năm.",
        (
            "Trong hai tuần cuối tháng Tám, giáo viên {school} chia nhau đến nhà trẻ chuẩn bị ra lớp. Mỗi lần đến, cô mang theo một món đồ chơi của lớp để trẻ giữ, hẹn ngày tựu trường mang trả.",
            "Sáng tựu trường, phụ huynh được ở lại cùng con ba mươi phút. Đến chín giờ, hầu hết trẻ đã ngồi vào góc chơi.",
            "Năm học này, tỉ lệ trẻ ba tuổi ra lớp ở {place} đạt hơn chín mươi phần trăm, tăng so với năm trước.",
        ),
        "Buổi đón trẻ đầu năm học.",
        "Trống trường và hàng cờ nhỏ trang trí sân trường",
    ),
    Tale(
        2,
        "mn",
        (),
        "news",
        "lop-hoc",
        "Phụ huynh {place} vào bếp: một buổi sáng kiểm tra suất ăn bán trú",
        "Không báo trước, đại diện phụ huynh đến lúc sáu giờ rưỡi, xem giao nhận thực phẩm và cân lại từng rổ rau.",
        (
            "Ban đại diện cha mẹ học sinh {school} có lịch kiểm tra bếp ăn mỗi tháng hai lần, ngày nào thì chỉ nhóm trưởng biết.",
            "Buổi kiểm tra tuần này ghi nhận đủ hóa đơn, mẫu thức ăn được lưu đúng hai mươi tư giờ. Một góp ý được ghi vào sổ: cần thêm móc treo dao thớt sống, chín riêng.",
            "Ngay trong chiều, nhà trường đã lắp thêm móc và chụp ảnh gửi lại nhóm phụ huynh. Thực đơn tuần sau được đăng trên trang của trường từ thứ Sáu.",
        ),
        "Góc sơ chế của bếp ăn bán trú.",
        "Phòng học nhìn từ cuối lớp, bảng đen và bàn ghế gọn gàng",
    ),
    Tale(
        3,
        "th thcs",
        (),
        "article",
        "tu-sach",
        "Tủ sách góc lớp {cls}: mỗi tuần một cuốn, phụ huynh đọc cùng con",
        "Không mua sách mới, lớp {cls} bắt đầu bằng {n2} cuốn sách cũ các gia đình mang tới và một quyển sổ mượn tự kẻ.",
        (
            "Cô chủ nhiệm kê lại chiếc tủ đựng đồ cũ, sơn màu gỗ, xếp sách theo độ dày chứ không theo môn. “Em nào ngại đọc thì chọn cuốn mỏng trước”, cô nói.",
            "Mỗi thứ Hai, học sinh mang sách về. Tối thứ Năm, cả nhà đọc chung hai mươi phút và ghi một câu mình thích vào sổ. Có phụ huynh viết bằng tiếng của đồng bào mình, cô giáo nhờ học sinh dịch lại cho cả lớp.",
            "Sau một học kỳ, sổ mượn của lớp dày lên ba lần. Bảy lớp khác trong trường đã xin mẫu sổ để làm theo.",
            "Nhà trường dành một tiết sinh hoạt mỗi tháng để học sinh giới thiệu sách trước sân trường.",
        ),
        "Tủ sách do học sinh và phụ huynh cùng làm.",
        "Kệ sách nhiều màu trong lớp học",
    ),
    Tale(
        3,
        "thcs",
        (),
        "article",
        "lop-hoc",
        "Một tiết Lịch sử không mở sách: học sinh {cls} kể chuyện làng mình",
        "Đề bài là tìm một cái cây, một cây cầu hay một ngôi nhà lâu năm quanh nơi ở và hỏi người già về nó.",
        (
            "Học sinh lớp {cls}, {school}, có một tuần để đi hỏi. Em thì chọn cây gạo đầu bản, em chọn bến đò cũ, có em ghi âm cả tiếng ông nội kể về trận lụt năm ông còn nhỏ.",
            "Trên lớp, các em ghép chuyện thành một dải thời gian dài bốn mét. Cô giáo chỉ hỏi thêm: “Làm sao biết điều đó đúng?”. Từ câu hỏi ấy, cả lớp học cách đối chiếu lời kể với tài liệu.",
            "Dải thời gian hiện treo ở hành lang. Nhiều phụ huynh đến xem và bổ sung ảnh cũ của gia đình.",
        ),
        "Dải thời gian của lớp {cls}.",
        "Bảng đen và các bàn học trong một tiết học",
    ),
    Tale(
        3,
        "th",
        (9, 10, 11),
        "news",
        "lop-hoc",
        "Học hai buổi một ngày ở {place}: buổi chiều dành cho sân chơi và câu lạc bộ",
        "Buổi sáng học kiến thức, buổi chiều em chọn vẽ, cờ vua, hát dân ca hay chăm vườn. Không có bài tập mang về nhà.",
        (
            "{school} bắt đầu tổ chức học hai buổi một ngày cho tất cả các khối từ đầu năm học. Phần khó nhất là xếp phòng: {n} phòng học phải dùng xoay vòng.",
            "Trường khảo sát từng phụ huynh rồi mới chốt bảy câu lạc bộ. Câu lạc bộ hát dân ca có nghệ nhân trong xã đến dạy mỗi chiều thứ Tư.",
            "Sau hai tháng, số học sinh ở lại chơi ngoài đường buổi chiều giảm rõ, phụ huynh đi làm yên tâm hơn.",
        ),
        "Một buổi chiều ở câu lạc bộ.",
        "Phòng học buổi chiều có bàn ghế xếp quanh bảng",
    ),
    Tale(
        3,
        "thpt",
        (10, 11, 12),
        "article",
        "bai-thi",
        "Bài kiểm tra Ngữ văn dùng văn bản lạ: học sinh {school} nói gì",
        "Không còn học thuộc văn mẫu, lớp {cls} đọc một bài báo về dòng sông quê rồi viết ý kiến của chính mình.",
        (
            "Tổ Ngữ văn {school} thống nhất từ đầu năm: mọi bài kiểm tra đều dùng văn bản ngoài sách giáo khoa, có phần hỏi về quê hương.",
            "Điểm trung bình bài đầu tiên thấp hơn mọi năm gần một điểm. Thay vì cho làm lại, thầy cô trả bài từng em trong mười phút, chỉ ra một điều tốt và một điều cần sửa.",
            "Đến bài thứ ba, điểm tăng trở lại. “Em viết ít hơn nhưng là ý của em”, một học sinh lớp {cls} nói.",
            "Sở khuyến khích các trường chia sẻ đề và hướng dẫn chấm trên kho học liệu dùng chung.",
        ),
        "Giờ trả bài ở {school}.",
        "Bài thi, bút và đồng hồ trên mặt bàn",
    ),
    Tale(
        4,
        "gdtx thpt",
        (3, 4, 5),
        "article",
        "ben-song",
        "Tốt nghiệp lớp 9, {n2} em ở {place} chọn vừa học văn hóa vừa học nghề",
        "Có em chọn điện dân dụng, em chọn nấu ăn. Điều giống nhau là các em đều đã được học thử một tuần trước khi ghi tên.",
        (
            "Tuần học thử do trung tâm tổ chức cho học sinh cuối cấp trung học cơ sở, không thu tiền. Sáng học lý thuyết, chiều vào xưởng, cuối tuần mời phụ huynh đến xem.",
            "Trong số {n2} em đăng ký, gần một nửa từng định nghỉ học đi làm. Các em vừa được học chương trình giáo dục thường xuyên, vừa có thể lấy bằng trung cấp sau ba năm.",
            "Trung tâm giữ liên lạc với mười hai doanh nghiệp trong tỉnh để học viên được thực tập từ năm thứ hai.",
        ),
        "Giờ thực hành tại xưởng của trung tâm.",
        "Bến sông và dãy nhà của trung tâm dạy nghề",
    ),
    Tale(
        4,
        "gdtx xa",
        (),
        "news",
        "lop-hoc",
        "Lớp xóa mù chữ ban đêm ở {place}: {n2} học viên, người lớn tuổi nhất 61",
        "Bảy giờ tối, đèn lớp học sáng. Học viên đến bằng xe máy, có người địu theo cháu.",
        (
            "Lớp mở từ tháng Chín, học ba tối một tuần. Giáo viên là các thầy cô trường tiểu học gần đó, nhiều người nói được tiếng của học viên.",
            "Bài học đầu tiên không phải chữ A mà là tên của mỗi người. Sau tám tuần, phần lớn học viên đã đọc được biển chỉ đường và tin nhắn ngắn của con đi làm xa.",
            "Lớp học kết hợp hướng dẫn dùng điện thoại an toàn: không bấm vào đường dẫn lạ, không đọc mã xác nhận cho người khác.",
        ),
        "Một buổi học tối ở {place}.",
        "Lớp học với bảng đen và những dãy bàn",
    ),
    Tale(
        5,
        "th thcs",
        (10, 11),
        "feature",
        "duong-deo",
        "{n} năm cắm bản của cô giáo ở điểm trường {place}",
        "Đường từ trung tâm xã vào điểm trường dài mười bốn cây số, mùa mưa phải gửi xe giữa đường. Cô vẫn đến trước tiếng trống.",
        (
            "Điểm trường có hai phòng học, một bếp nhỏ và {n2} học sinh lớp 1, lớp 2 học ghép. Cô giáo dậy lúc năm giờ, nhóm bếp nấu nước rồi mới quét sân.",
            "Những năm đầu, cô học tiếng của đồng bào từ chính học trò: các em dạy cô gọi tên cây, tên suối, cô dạy lại các em bằng chữ. Cuốn sổ ghi từ của cô nay dày hai trăm trang, được nhà trường in làm tài liệu cho giáo viên mới.",
            "Hỏi sao không xin chuyển về gần nhà, cô cười: “Năm nào cũng định, rồi năm nào cũng có một lớp Một”.",
            "Tháng 11 này, học trò cũ, nay đã là giáo viên mầm non của xã, trở lại thăm cô cùng bó hoa cải hái ven đường.",
        ),
        "Đường lên điểm trường sau cơn mưa.",
        "Con đường đèo uốn quanh đồi dẫn tới ngôi trường có cờ đỏ",
    ),
    Tale(
        5,
        "thpt thcs",
        (10, 11),
        "news",
        "trong-truong",
        "{school} tri ân nhà giáo bằng {n2} lá thư viết tay",
        "Không mua hoa, học sinh mỗi lớp viết thư cho một thầy cô đã nghỉ hưu hoặc đang ở điểm lẻ.",
        (
            "Hộp thư làm bằng trống cũ đặt giữa sân trường suốt hai tuần. Thư được Đoàn trường phân loại, gửi tận tay người nhận trước ngày 20/11.",
            "Có thư chỉ ba dòng, cảm ơn một lần thầy cho mượn áo mưa. Có thư dài bốn trang kể về con đường vào đại học.",
            "Nhà trường dành tiết chào cờ để các thầy cô đọc lại những lá thư được người viết đồng ý chia sẻ.",
        ),
        "Hộp thư làm từ chiếc trống cũ.",
        "Chiếc trống trường giữa sân, dây cờ nhỏ nhiều màu",
    ),
    Tale(
        5,
        "so",
        (7, 8),
        "news",
        "lop-hoc",
        "Tập huấn hè: giáo viên {place} học cách phản hồi bài làm của học sinh",
        "Ba ngày, mỗi nhóm mười người, mang theo bài làm thật của lớp mình để cùng nhận xét.",
        (
            "Khác với những đợt tập huấn nghe giảng, lớp học hè năm nay yêu cầu mỗi giáo viên mang đến năm bài làm của học sinh đã xóa tên.",
            "Các nhóm đổi bài, viết nhận xét rồi so sánh. Nhiều người nhận ra mình thường chỉ chữa lỗi mà quên nói điều học sinh làm được.",
            "Tài liệu tập huấn và video minh họa được đưa lên kho dùng chung của Sở để giáo viên xem lại.",
        ),
        "Giờ thảo luận nhóm trong đợt tập huấn.",
        "Lớp học bảng đen dùng làm phòng tập huấn",
    ),
]

"""Words of the demo's papers, parents and groups: parts that are put together. Invented; nobody is real.

{school} is a school, {place} its commune, {n} a number. Tones are those a reader would give, not the word list's.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

ALL = tuple(range(1, 13))


@dataclass(frozen=True)
class Subject:
    """What is written about again and again: when, by whom, in which tone, in which words."""

    key: str
    months: tuple[int, ...]
    who: str
    tone: str
    lines: tuple[str, ...]


PRESS = (
    Subject("doc-sach", (1, 2, 3, 4, 5, 9, 10, 11, 12), "press", "pos", (
        "{school} đưa thư viện lưu động về các điểm trường lẻ",
        "Những chuyến xe chở sách của thầy trò {school}",
        "Tủ sách dùng chung đến với học sinh {school}",
        "{place}: phụ huynh và nhà trường cùng góp sách cho điểm trường lẻ",
    )),
    Subject("giai", (1, 3, 4, 5, 10, 11), "press", "pos", (
        "Học sinh {school} đoạt giải nhất cuộc thi khoa học kỹ thuật cấp tỉnh",
        "Sáng chế lọc nước của học sinh {school} được trao giải cấp tỉnh",
        "{school} có {n} em đoạt giải học sinh giỏi, nhiều em là con nhà nông",
    )),
    Subject("ban-tru", (2, 3, 9, 10, 11, 12), "press", "pos", (
        "Thầy trò {school} dựng lại vườn rau bán trú sau mưa lũ, phụ huynh chung tay",
        "Vườn rau sạch cho bữa ăn bán trú ở {school}",
        "{school} công khai thực đơn bán trú từng tuần, phụ huynh cùng kiểm tra bếp",
    )),
    Subject("duoi-nuoc", (4, 5, 6), "press", "neu", (
        "{place} tập huấn phòng chống đuối nước cho học sinh trước kỳ nghỉ hè",
        "{school} mở lớp dạy bơi, {n} học sinh tham gia",
        "Trước hè, các trường ở {place} rà soát ao hồ, cắm biển cảnh báo đuối nước",
    )),
    Subject("thi", (6, 7), "press", "neu", (
        "Thí sinh Sông Lam bước vào kỳ thi tốt nghiệp, công tác coi thi nghiêm túc, an toàn",
        "Điểm thi {school} chuẩn bị phòng dự phòng, xe đưa đón thí sinh vùng xa",
        "Kỳ thi tốt nghiệp ở {place}: ngày đầu không có thí sinh vi phạm quy chế",
    )),
    Subject("tuyen-sinh", (6, 7, 8), "press", "neu", (
        "Tuyển sinh lớp 10: điểm chuẩn nhiều trường tăng nhẹ so với năm trước",
        "Tuyển sinh đầu cấp trực tuyến: phụ huynh {place} cần lưu ý gì",
        "{school} công bố chỉ tiêu tuyển sinh, nhận hồ sơ từ đầu tháng",
    )),
    Subject("giao-vien", (7, 8), "press", "neg", (
        "{place} thiếu giáo viên tiếng Anh, tin học trước thềm năm học mới",
        "Thiếu {n} giáo viên, {school} xoay xở dạy liên trường",
        "Bài toán giáo viên ở {place}: tuyển không đủ, người cũ xin chuyển",
    )),
    Subject("co-so", (8, 9), "press", "neg", (
        "{school} xuống cấp, phòng học dột mỗi khi mưa lớn",
        "Học sinh {school} ngồi học dưới mái tôn nóng bức, chờ kinh phí sửa chữa",
        "Nhà vệ sinh {school} hư hỏng nhiều năm, học sinh nhịn đến hết buổi",
    )),
    Subject("20-11", (11,), "press", "pos", (
        "Ngày 20/11 giản dị và xúc động ở {school}",
        "{school} dành quà 20/11 mua áo ấm cho học trò nghèo",
        "Người thầy ba mươi năm gắn bó với {school}",
    )),
    Subject("so-hoa", (1, 2, 3, 10, 12), "press", "neu", (
        "{school} dùng học bạ số từ học kỳ này",
        "{place} tập huấn chuyển đổi số cho giáo viên các trường",
    )),
)  # fmt: skip
PEOPLE = (
    Subject("", (1, 2, 3, 9, 10, 11, 12), "people", "pos", (
        "Cô giáo chủ nhiệm lớp con tôi ở {school} rất tận tâm, phụ huynh biết ơn lắm",
        "Con học {school} hai năm, cô nào cũng nhớ tên từng đứa, quý lắm các bác ạ",
        "Bé nhà mình trước nhút nhát, nhờ cô ở {school} mà giờ sáng nào cũng đòi đi học",
    )),
    Subject("", (2, 3, 10, 11), "people", "neg", (
        "Sao {school} vẫn bắt con học thêm chiều thứ bảy nhỉ, các cháu mệt quá",
        "Đăng ký học thêm tự nguyện mà {school} gọi điện hỏi từng nhà, vậy là tự nguyện à",
        "Bài kiểm tra ở {school} toàn dạng chỉ lớp học thêm mới dạy, hỏi có công bằng không",
    )),
    Subject("", (9, 10, 11), "people", "neg", (
        "nhà vệ sinh của {school} bẩn quá, đề nghị nhà trường xem lại",
        "Con về kể cả ngày không dám đi vệ sinh ở {school}, nghe mà xót",
        "Họp phụ huynh {school} năm nào cũng hứa sửa nhà vệ sinh rồi để đấy",
    )),
    Subject("", (3, 4, 10, 12), "people", "neg", (
        "Cổng {school} giờ tan học tắc đường, rất nguy hiểm cho các cháu",
        "Hàng rong bủa vây cổng {school}, cháu nào cũng xiên bẩn trên tay",
        "Xe tải vẫn chạy ầm ầm trước cổng {school} đúng giờ tan trường, chờ có chuyện mới làm gờ giảm tốc sao",
    )),
    Subject("", (1, 5, 12), "people", "neu", (
        "Cho em hỏi lịch thi học kỳ của {school} với ạ",
        "Các mẹ cho hỏi {school} nghỉ Tết từ hôm nào vậy",
        "{school} chuyển giờ vào học sang bảy giờ mười lăm từ tuần sau nhé cả nhà",
    )),
    Subject("", (5, 6, 8), "people", "pos", (
        "Cảm ơn thầy cô {school} đã giúp đỡ cháu suốt năm qua ❤️",
        "Bế giảng {school} mà bố mẹ khóc nhiều hơn con, nhớ thầy cô quá",
        "Con đỗ rồi, công lớn là của thầy cô {school} kèm cả buổi tối không lấy đồng nào",
    )),
    Subject("", (2, 9, 12), "people", "neu", (
        "bữa ăn bán trú ở {school} dạo này có ngon hơn không các mẹ",
        "Tiền ăn bán trú {school} năm nay bao nhiêu một bữa vậy các bác",
        "Ai có thực đơn tuần này của {school} cho em xin với",
    )),
    Subject("", (6, 7, 8), "people", "neu", (
        "Hồ sơ vào lớp 1 {school} cần những giấy gì hả các mẹ",
        "Trái tuyến thì {school} có nhận không ạ",
    )),
    Subject("", ALL, "people", "neg", (
        "Nhắn tin hỏi {school} ba ngày không ai trả lời, điện thoại thì đổ chuông mãi",
        "Sổ liên lạc {school} báo con vắng trong khi con ngồi trong lớp, kiểm tra kiểu gì vậy",
    )),
)  # fmt: skip
#: rude, with letters set apart or left out as such words are
RUDE = (
    "Thu kiểu đấy thì đúng là n.g.u, {school} tính cho dân cười à",
    "Lũ mất d.ạ.y chặn đường đánh học sinh {school}, nhà trường ở đâu",
    "Quản lý {school} mặt dày thật, nói mãi không sửa",
    "Đồ v.ô h.ọ.c, đỗ xe bịt kín cổng {school} rồi còn quát phụ huynh",
    "Ông bảo vệ {school} láo toét, cháu đến muộn hai phút mà quát như tát nước",
    "Bán xiên bẩn trước cổng {school} cho trẻ con, đồ k.h.ố.n n.ạ.n",
)
#: what the word list takes for education and the office does not
BESIDE = (
    "Trung tâm lái xe {place} khai giảng lớp B2 tối thứ năm, học phí trả góp",
    "Lớp nấu ăn cuối tuần ở {place} còn chỗ, học viên được cấp chứng nhận",
    "Lớp học lái xe máy hạng A1 ở {place}, thi đỗ mới thu đủ học phí",
    "Tuyển học viên lớp trang điểm cô dâu ở {place}, học xong có việc",
    "Cho thuê phòng trọ gần {place}, ưu tiên học viên học lái xe, học nghề",
)
#: adverts of the same kind in parts: from what the office says of them a model learns quickly
ADVERTS = (
    (
        "Khai giảng lớp {what} ở {place}", "Trung tâm {what} {place} tuyển học viên",
        "Lớp {what} buổi tối ở {place} còn chỗ", "Nhận học viên khoá {what} cấp tốc, học ngay tại {place}",
        "Khoá {what} cuối tuần gần {place}",
    ),
    (
        "lái xe hạng B2", "lái xe máy hạng A1", "nấu ăn gia đình", "trang điểm cô dâu", "pha chế trà sữa",
        "cắt may áo dài", "làm bánh kem", "sửa điện thoại", "chăm sóc da", "làm móng", "chụp ảnh cưới",
        "tiếng Hàn", "tiếng Anh giao tiếp",
    ),
    (
        "học phí trả góp không lãi", "học phí ưu đãi trong tuần, tặng đồng phục",
        "học viên được cấp chứng chỉ nghề", "học xong giới thiệu việc làm",
        "đăng ký hai người giảm nửa học phí", "giáo viên kèm một thầy một trò, gọi là học",
        "bao đậu, chưa đậu học lại không mất học phí",
    ),
)  # fmt: skip

#: beginnings, middles and ends of articles; a subject without its own takes the last
BODIES: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "doc-sach": (
        ("Sáng đầu tuần, chiếc xe ba gác chở hơn {n} đầu sách dừng ở sân điểm trường lẻ của {school}.",
         "Từ đầu năm học, {school} cho mượn sách theo vòng: lớp này đọc xong chuyển cho lớp sau."),
        ("Các em chọn sách, ghi tên vào sổ mượn và ngồi đọc ngay dưới hiên.",
         "Phụ huynh đóng giá sách bằng gỗ tận dụng, đoàn thanh niên {place} sơn lại từng chiếc.",
         "Nhiều em lần đầu có một cuốn truyện mang về nhà.",
         "Cô phụ trách cho biết số lượt mượn tăng đều qua từng tuần."),
        ("Nhà trường dự kiến mở thêm góc đọc vào học kỳ tới.", "{place} kêu gọi mỗi gia đình góp một cuốn sách."),
    ),
    "giai": (
        ("Đề tài của nhóm học sinh {school} bắt đầu từ chính giếng nước đục của gia đình các em.",
         "Sau {n} ngày mày mò trong phòng thực hành, các em mang sản phẩm đi thi."),
        ("Ban giám khảo đánh giá cao cách các em đo đạc và ghi chép.",
         "Thầy hướng dẫn nói các em làm lại mô hình sáu lần mới chạy ổn định.",
         "Nhà trường hỗ trợ phòng thực hành và tiền mua vật liệu.",
         "Hai em trong nhóm phải đi học xa hơn mười cây số mỗi ngày."),
        ("Đề tài sẽ dự cuộc thi cấp quốc gia vào tháng tới.", "Các em mong sản phẩm được dùng ở trường vùng cao."),
    ),
    "co-so": (
        ("Cứ mưa lớn, học sinh {school} lại kê bàn về phía khô ráo để học.",
         "Dãy phòng học của {school} xây từ hơn {n} năm trước, tường nứt, nền lún."),
        ("Giáo viên phải căng bạt ở ba phòng học.",
         "Phụ huynh lo lắng vì vữa trần bong từng mảng.",
         "Nhà trường đã nhiều lần đề nghị sửa nhưng chưa được bố trí vốn.",
         "Học sinh phải học ghép hai lớp một phòng, ồn và nóng."),
        ("UBND {place} cho biết đã đưa vào danh mục sửa chữa năm nay.",
         "Phụ huynh mong có phòng học an toàn trước mùa mưa."),
    ),
    "giao-vien": (
        ("Năm học mới đến gần mà {place} còn thiếu {n} giáo viên so với định mức.",
         "Ở {school}, một giáo viên phải dạy ba điểm trường trong tuần."),
        ("Đợt tuyển vừa rồi chỉ có vài hồ sơ, người trúng tuyển xin thôi việc sau một tháng.",
         "Nhiều tiết tiếng Anh phải học trực tuyến, chất lượng khó bảo đảm.",
         "Hiệu trưởng nói áp lực rất lớn, giáo viên mệt mỏi.",
         "Đi lại xa, lương thấp là lý do được nhắc nhiều nhất."),
        ("{place} đề xuất cơ chế hợp đồng và nhà ở công vụ.", "Ngành đang điều động giáo viên giữa các trường."),
    ),
    "": (
        ("Thông tin được {school} đưa ra trong buổi làm việc sáng nay.",
         "Hoạt động diễn ra tại {school}, có đại diện {place} và phụ huynh cùng dự.",
         "Theo kế hoạch của năm học, {school} triển khai nội dung này từ tuần qua."),
        ("Nhà trường phân công giáo viên phụ trách từng khối lớp.",
         "Khoảng {n} học sinh trực tiếp tham gia.",
         "Phụ huynh được thông báo qua sổ liên lạc và cuộc họp đầu tháng.",
         "Các khoản chi đều được niêm yết tại bảng tin.",
         "{place} cử cán bộ phối hợp, bảo đảm an toàn cho học sinh.",
         "Một số em ở bản xa được bố trí xe đưa đón."),
        ("Kết quả sẽ được tổng hợp vào cuối học kỳ.", "Nhà trường tiếp tục lắng nghe góp ý của phụ huynh.",
         "Ngành Giáo dục tỉnh sẽ kiểm tra việc thực hiện trong tháng tới."),
    ),
    "thu": (
        ("Bảng kê các khoản thu của một lớp ở {school} được phụ huynh gửi đến tòa soạn.",
         "Nhiều phụ huynh có con học {school} cho biết phải đóng gần {n} trăm nghìn đồng ngoài học phí."),
        ("Trong đó có quỹ lớp, tiền điều hòa, tiền nước uống và tiền vệ sinh.",
         "Phụ huynh nói không dám phản đối vì sợ ảnh hưởng đến con.",
         "Nhà trường giải thích đây là khoản thỏa thuận, đã họp với ban đại diện cha mẹ học sinh.",
         "Theo quy định, quỹ của ban đại diện không được thu bình quân đầu học sinh."),
        ("Sở Giáo dục và Đào tạo đã yêu cầu nhà trường báo cáo.", "Vụ việc đang được {place} xác minh."),
    ),
    "bep": (
        ("Sau bữa ăn trưa, nhiều học sinh {school} có biểu hiện đau bụng, buồn nôn.",
         "Trạm y tế {place} tiếp nhận {n} em trong buổi chiều, các em tỉnh táo."),
        ("Cơ quan chức năng niêm phong mẫu thức ăn lưu tại bếp.",
         "Phụ huynh túc trực tại bệnh viện, nhiều người lo lắng.",
         "Nhà cung cấp suất ăn cho trường bị tạm dừng hợp đồng.",
         "Bếp ăn phục vụ cả hai khối, nấu từ sáng sớm."),
        ("Kết quả xét nghiệm dự kiến có trong ba ngày.", "Nhà trường đã họp phụ huynh trong tối cùng ngày."),
    ),
}  # fmt: skip


def article(key: str, rng: random.Random) -> str:
    """A paragraph under a headline: a beginning, two or three sentences between, an end; places still open."""
    first, middle, last = BODIES.get(key, BODIES[""])
    return " ".join([rng.choice(first), *rng.sample(middle, rng.choice((2, 2, 3))), rng.choice(last)])


#: last year's crises: (who, line); papers each in their own words, one taken over by another
FEES = (
    ("people", "Các khoản thu đầu năm ở {school} nhiều quá, phụ huynh bức xúc, ai giải thích giúp"),
    ("people", "Thế này là lạm thu: {school} thu quỹ lớp, quỹ trường rồi tiền điều hòa, có đúng quy định không"),
    ("people", "lam thu o {school}, phu huynh khong dam noi"),
    ("press", "Phụ huynh phản ánh các khoản thu đầu năm tại {school} tăng cao so với năm học trước"),
    ("people", "Nhà hai đứa cùng học {school}, đầu năm đóng một lúc hơn năm triệu, xoay đâu ra"),
    ("press", "Phụ huynh phản ánh các khoản thu đầu năm tại {school} tăng cao, nhà trường nói đã công khai"),
    (
        "people",
        "Hỏi cô thì cô bảo hỏi hội phụ huynh, hỏi hội thì bảo trường quyết, {school} ai chịu trách nhiệm đây",
    ),
    ("press", "Quỹ lớp, tiền điều hòa, tiền máy chiếu: “ma trận” khoản thu ở {school}"),
    ("press", "Hiệu trưởng {school}: sẽ trả lại phụ huynh các khoản thu chưa đúng"),
    ("people", "Con bảo cô đọc tên bạn chưa đóng tiền trước lớp, {school} làm vậy tủi thân các cháu lắm"),
    ("press", "Sở yêu cầu {school} rà soát, trả lại các khoản thu sai quy định"),
    ("press", "{school} niêm yết lại các khoản thu, ban đại diện cha mẹ học sinh họp công khai"),
    ("people", "Trường {school} trả lại tiền quỹ rồi nhé các bác, lên tiếng là đúng"),
)
MEAL = (
    ("people", "Cháu nhà em ở {school} về đau bụng, nôn, nhiều bạn cùng lớp cũng vậy"),
    ("people", "Nghi ngộ độc thực phẩm ở {school}, các phụ huynh kiểm tra con giúp"),
    ("press", "Hàng chục học sinh {school} nhập viện nghi ngộ độc sau bữa ăn bán trú"),
    ("press", "Hàng chục học sinh {school} nhập viện nghi ngộ độc sau bữa ăn bán trú, cơ quan chức năng vào cuộc"),
    ("people", "Bữa nào con cũng kêu thịt có mùi mà {school} bảo trẻ kén ăn, giờ thì thấy chưa"),
    ("press", "Đêm trắng ở bệnh viện của phụ huynh có con học {school}"),
    ("press", "{school} tạm dừng bếp ăn bán trú, chờ kết quả xét nghiệm mẫu"),
    ("people", "Mong {school} nói rõ nguyên nhân, phụ huynh rất lo lắng"),
    ("press", "Ai cung cấp suất ăn cho {school}? Hồ sơ nguồn gốc thực phẩm còn thiếu"),
    ("people", "Hai hôm nay {school} cho các cháu mang cơm từ nhà, bố mẹ dậy từ bốn giờ nấu"),
    ("press", "Học sinh {school} đã ổn định sức khỏe, trở lại lớp sau vụ nghi ngộ độc"),
    ("press", "Bếp ăn {school} hoạt động lại, phụ huynh được vào kiểm tra từng bữa"),
)

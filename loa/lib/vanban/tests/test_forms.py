"""Forms in which plans print what is owed, each with everything an officer finds in it — and nothing else."""

from __future__ import annotations

import pytest

from loa.lib.vanban import read_document

from .plan import UNIT, read_lines

TIN_4 = [(4, False, "tin", "month", UNIT)]
DUE_DAYS = [("trong thời hạn tối đa 02 ngày làm việc", "by")]

#: (line, quotas (count, min, unit, period, who), deadlines (date or relative, bound), recurrences)
FORMS = [
    # a rate per unit of a class
    ("- Khối THPT: 03 bài/tháng/trường.", [(3, False, "bài", "month", "Khối THPT")], [], []),
    ("- Gửi tin, bài: ít nhất 02 tin/đơn vị/tháng.", [(2, True, "tin", "month", UNIT)], [], []),
    ("- Tối thiểu 04 bài/trường/năm học.", [(4, True, "bài", "school_year", UNIT)], [], []),
    ("- Viết ít nhất 04 tin bài/1 tháng.", [(4, True, "tin bài", "month", UNIT)], [], []),
    # words in other orders
    ("- Ít nhất mỗi tháng 02 tin, bài gửi về Sở.", [(2, True, "tin, bài", "month", UNIT)], [], []),
    ("- Mỗi tháng đăng tải ít nhất từ 01 - 02 tin.", [(1, True, "tin", "month", UNIT)], [], []),
    ("- Một tháng có 2 tin được đăng.", [(2, False, "tin", "month", UNIT)], [], []),
    ("- Có tối thiểu một (01) tin, bài một tháng.", [(1, True, "tin, bài", "month", UNIT)], [], []),
    ("- Phấn đấu mỗi tuần có từ 10 đến 15 tin bài được đăng.", [(10, True, "tin bài", "week", UNIT)], [], []),
    ("- Đăng không ít hơn 3 tin trong một tuần.", [(3, True, "tin", "week", UNIT)], [], []),
    (
        "- Đảm bảo 2 tin/tuần, 1 bài/tháng.",
        [(2, False, "tin", "week", UNIT), (1, False, "bài", "month", UNIT)],
        [],
        [],
    ),
    ("- Đảm bảo mỗi quý có ít nhất hai phóng sự.", [(2, True, "phóng sự", "quarter", UNIT)], [], []),
    (
        "- Mỗi học kỳ 01 video clip, cả năm 02 phóng sự.",
        [(1, False, "video clip", "semester", UNIT), (2, False, "phóng sự", "year", UNIT)],
        [],
        [],
    ),
    ("- Số lượng: 01 bài trên tuần.", [(1, False, "bài", "week", UNIT)], [], []),
    (
        "- Trong năm học 2025-2026, có tối thiểu 10 tin, bài.",
        [(10, True, "tin, bài", "school_year", UNIT)],
        [],
        [],
    ),
    ("- Viết bài định kỳ: 01 bài/02 tháng.", [], [], []),
    (
        "- Tối thiểu 24 tin, bài/năm (2 tin, bài/tháng).",
        [(24, True, "tin, bài", "year", UNIT), (2, True, "tin, bài", "month", UNIT)],
        [],
        [],
    ),
    (
        "- Các trường tiểu học mỗi tháng 01 tin; các trường THCS mỗi tháng 02 tin.",
        [(1, False, "tin", "month", "Các trường tiểu học"), (2, False, "tin", "month", "các trường THCS")],
        [],
        [],
    ),
    (
        "- Mỗi trường THPT mỗi tháng có ít nhất 02 tin, bài.",
        [(2, True, "tin, bài", "month", "Mỗi trường THPT")],
        [],
        [],
    ),
    # not quotas
    ("- Bảo đảm 100% trường có trang thông tin điện tử.", [], [], []),
    ("- Dành 5 phút/tuần trong giờ chào cờ.", [], [], []),
    ("- Học sinh khó khăn được hỗ trợ 15 kg gạo/tháng.", [], [], []),
    ("- Mức chi 200.000 đồng/bài.", [], [], []),
    ("- Dạy 29 tiết/tuần, 2 buổi/ngày.", [], [], []),
    ("- Bố trí 02 cán bộ phụ trách truyền thông.", [], [], []),
    ("- Trang bị 01 máy quay, 02 máy ảnh.", [], [], []),
    ("- Bài viết dài không quá 1.000 từ, kèm 02 ảnh.", [], [], []),
    ("- Kỷ niệm 80 năm Ngày thành lập nước; sơ kết 05 năm thực hiện Đề án.", [], [], []),
    # dated deadlines
    ("- Hoàn thành trước tháng 12 năm 2025.", [], [("2025-12", "before")], []),
    (
        "- Gửi báo cáo về Sở trước ngày 10/6 (báo cáo 6 tháng) và trước ngày 10/12 (báo cáo năm).",
        [],
        [("2025-06-10", "before"), ("2025-12-10", "before")],
        [],
    ),
    ("- Báo cáo kết quả về Sở GDĐT chậm nhất vào ngày 15/11/2025.", [], [("2025-11-15", "by")], []),
    ("- Thời hạn nộp: 30/9/2025.", [], [("2025-09-30", "by")], []),
    ("- Hạn cuối nhận bài: 17h00 ngày 20/10/2025.", [], [("2025-10-20", "by")], []),
    ("- Đăng ký về Sở đến hết ngày 28/02/2025.", [], [("2025-02-28", "by")], []),
    ("- Gửi kế hoạch về Sở (qua Văn phòng) trước 15.3.2025.", [], [("2025-03-15", "before")], []),
    ("- Kiện toàn Ban Biên tập, hoàn thành trong quý I năm 2025.", [], [("trong quý I năm 2025", "by")], []),
    ("- Gửi kế hoạch về Sở trước ngày 20 tháng 02.", [], [("2025-02-20", "before")], []),
    ("- Báo cáo sơ kết gửi trước 31-5-25.", [], [("2025-05-31", "before")], []),
    ("- Nộp sản phẩm dự thi từ ngày 01/3/2025 đến hết ngày 30/4/2025.", [], [("2025-04-30", "by")], []),
    # relative
    (
        "- Báo cáo bằng văn bản chậm nhất sau 05 ngày kết thúc sự kiện.",
        [],
        [("chậm nhất sau 05 ngày kết thúc sự kiện", "by")],
        [],
    ),
    (
        "- Trả lời báo chí trong thời hạn 10 ngày kể từ ngày nhận được văn bản.",
        [],
        [("trong thời hạn 10 ngày kể từ ngày nhận được văn bản", "by")],
        [],
    ),
    (
        "- Gửi tin chậm nhất 01 ngày sau khi hoạt động diễn ra.",
        [],
        [("chậm nhất 01 ngày sau khi hoạt động diễn ra", "by")],
        [],
    ),
    ("- Báo cáo ngay trong ngày khi xảy ra sự cố.", [], [], []),
    (
        "- Lồng ghép trong báo cáo tổng kết năm học gửi về Sở.",
        [],
        [("Lồng ghép trong báo cáo tổng kết năm học", "on")],
        [],
    ),
    (
        "- Gửi lịch họp báo trước 03 ngày làm việc so với ngày tổ chức.",
        [],
        [("trước 03 ngày làm việc so với ngày tổ chức", "before")],
        [],
    ),
    # not deadlines
    ("- Phát động phong trào từ ngày 01/3/2025 đến ngày 26/3/2025.", [], [], []),
    ("- Thực hiện theo Nghị định số 13/2023/NĐ-CP ngày 17/4/2023 trước khi đăng ảnh.", [], [], []),
    ("- Tuyên truyền kỷ niệm Ngày Giải phóng 30/4 và Quốc tế Lao động 01/5.", [], [], []),
    ("- Liên hệ số điện thoại 0203.3826.178 trước khi gửi.", [], [], []),
    # recurring
    (
        "- Báo cáo định kỳ hằng quý (trước ngày 20 tháng cuối quý), hằng năm (trước ngày 20/12).",
        [],
        [("2025-12-20", "before")],
        ["quarterly", "yearly"],
    ),
    (
        "- Báo cáo kết quả thực hiện định kỳ 6 tháng (trước ngày 15/6), năm (trước ngày 05/12) và đột xuất.",
        [],
        [("2025-06-15", "before"), ("2025-12-05", "before")],
        ["semester", "yearly"],
    ),
    ("- Cập nhật tin liên tục, bình quân mỗi ngày có 02 tin, bài mới.", [], [], ["daily"]),
    ("- Thực hiện chuyên mục theo hợp đồng truyền thông ký kết hằng năm.", [], [], []),
    ("- Báo cáo lãnh đạo Sở tại phiên họp giao ban tháng.", [], [], ["monthly"]),
    ("- Thi theo tuần, mỗi tuần 01 đề, công bố kết quả vào thứ Hai hằng tuần.", [], [], ["weekly"]),
    (
        "- Phấn đấu mỗi tuần đăng tối thiểu 15 tin, bài, trong đó có ít nhất 03 bài từ cơ sở.",
        [(15, True, "tin, bài", "week", UNIT), (3, True, "bài", "week", UNIT)],
        [],
        [],
    ),
    (
        "- Mỗi quý thực hiện 01 tọa đàm trực tuyến, 01 video.",
        [(1, False, "tọa đàm", "quarter", UNIT), (1, False, "video", "quarter", UNIT)],
        [],
        [],
    ),
    (
        "- Trong tháng cao điểm, mỗi trường có ít nhất 05 tin, bài và 01 video được đăng.",
        [(5, True, "tin, bài", None, "mỗi trường"), (1, True, "video", None, "mỗi trường")],
        [],
        [],
    ),
    ("- Thời hạn dự thi đến 24h00 ngày 10/10/2025.", [], [("2025-10-10", "by")], []),
    (
        "- Định kỳ báo cáo 6 tháng (trước 15/6), năm (trước 15/12) với Sở.",
        [],
        [("2025-06-15", "before"), ("2025-12-15", "before")],
        ["semester", "yearly"],
    ),
    ("- Thống kê số liệu tương tác theo tháng.", [], [], ["monthly"]),
    ("- Xếp loại các trường theo quý; công khai trong 05 ngày đầu của quý tiếp theo.", [], [], ["quarterly"] * 2),
    ("- Báo cáo nhanh trong 01 giờ đầu.", [], [("trong 01 giờ đầu", "by")], []),
    ("- Thực hiện từ tháng 3 đến hết tháng 5/2025.", [], [], []),
    (
        "- Nộp báo cáo: học kỳ I ngày 08/01/2026; cả năm ngày 21/5/2026.",
        [],
        [("2026-01-08", "on"), ("2026-05-21", "on")],
        [],
    ),
    (
        "- Mỗi trường đăng ít nhất 02 tin trong tuần và gửi 01 bài trong tháng về Sở.",
        [(2, True, "tin", "week", "Mỗi trường"), (1, False, "bài", "month", "Mỗi trường")],
        [],
        [],
    ),
    (
        "- 01 video bài giảng hoặc hoạt động chuyên môn/học kỳ.",
        [(1, False, "video", "semester", UNIT)],
        [],
        [],
    ),
    (
        "- Đăng tối thiểu 8 tin, bài/tháng, trong đó có từ 01 đến 02 bài về gương tốt.",
        [(8, True, "tin, bài", "month", UNIT), (1, True, "bài", "month", UNIT)],
        [],
        [],
    ),
    ("- Cá nhân có từ 10 tin, bài được đăng trở lên trong năm học được đề nghị khen thưởng.", [], [], []),
    ("- Chủ trì tổng kết Chương trình vào quý IV/2026.", [], [("vào quý IV/2026", "by")], []),
    ("- Định kỳ 6 tháng, năm gửi kết quả về Sở trước 05/6 và 05/12 hằng năm.", [], [], ["semester", "yearly"]),
    ("- Báo cáo tiến độ tuyển sinh vào thứ Sáu hằng tuần.", [], [], ["weekly"]),
    ("- Tuyên truyền kỳ thi tuyển sinh tổ chức hằng năm.", [], [], []),
    (
        "- Báo cáo Hiệu trưởng vào thứ Sáu hằng tuần, riêng tháng 7, 8 báo cáo hằng ngày.",
        [],
        [],
        ["weekly", "daily"],
    ),
    ("- Bảng công khai thực đơn hằng ngày.", [], [], []),
    ("- Xây dựng kế hoạch từng tháng (xong trước ngày 28 tháng trước).", [], [], ["monthly@28"]),
    (
        "- Định kỳ cung cấp thông tin cho báo chí (tối thiểu mỗi quý 01 lần).",
        [(1, True, "lần", "quarter", UNIT)],
        [],
        ["quarterly"],
    ),
    (
        "- Mỗi phòng gửi 10 tin/tháng (trong đó tối thiểu 02 bài về mô hình hay); mỗi trường gửi 05 tin/tháng.",
        [
            (10, False, "tin", "month", "Mỗi phòng"),
            (2, True, "bài", "month", "Mỗi phòng"),
            (5, False, "tin", "month", "mỗi trường"),
        ],
        [],
        [],
    ),
    (
        "- Xây dựng tối thiểu 10 tin, bài, 02 phóng sự; phát sóng thông báo 01 lần/ngày.",
        [(10, True, "tin, bài", None, UNIT), (2, True, "phóng sự", None, UNIT)],
        [],
        ["daily"],
    ),
    ("- Hoàn thành trong năm 2025.", [], [("trong năm 2025", "by")], []),
    ("- Nâng cấp trang, hoàn thành quý III năm 2025.", [], [("quý III năm 2025", "by")], []),
    ("- Báo cáo nhanh trong vòng 30 phút.", [], [("trong vòng 30 phút", "by")], []),
    ("- Báo cáo kết quả từng tháng về phòng Văn hóa - Xã hội trước ngày 22.", [], [], ["monthly@22"]),
    ("- Cung cấp danh sách khách mời trước lễ kỷ niệm 45 ngày.", [], [("trước lễ kỷ niệm 45 ngày", "before")], []),
    (
        "- Các trường THCS mỗi tháng có ít nhất 04 tin về chuyển đổi số; trường mầm non: 02 tin.",
        [(4, True, "tin", "month", "Các trường THCS"), (2, True, "tin", "month", "trường mầm non")],
        [],
        [],
    ),
    ("- Báo cáo UBND xã theo tháng (ngày 25) và theo quý.", [], [], ["monthly@25", "quarterly"]),
    ("- Thường xuyên thông báo lịch mở lớp.", [], [], ["regular"]),
    ("- Vận động Quỹ khuyến học trong tháng 9.", [], [("2025-09", "by")], []),
    ("- Trả lời báo chí trong thời hạn tối đa 02 ngày làm việc.", [], DUE_DAYS, []),
    ("- Bảo đảm tiếp nhận và xử lý ban đầu trong 30 phút.", [], [("trong 30 phút", "by")], []),
    ("- Phát thanh về giáo dục trong 15 phút.", [], [], []),
    (
        "b) Số lượng tin, bài tối thiểu: Phòng GD&ĐT 08 tin/tháng; trường THPT 04 tin/tháng.",
        [(8, True, "tin", "month", "Phòng GD&ĐT"), (4, True, "tin", "month", "trường THPT")],
        [],
        [],
    ),
    ("- Mỗi phòng ít nhất 01 bài chuyên sâu/2 tháng.", [], [], []),
    ("- Phát thanh 02 buổi/ngày trong đợt cao điểm.", [], [], ["daily"]),
    ("- Phản hồi tin nhắn trong 04 giờ (giờ hành chính).", [], [("trong 04 giờ", "by")], []),
    (
        "- Phụ trách podcast, mỗi tháng ra 02 số (ngày 10 và ngày 25).",
        [(2, False, "số", "month", UNIT)],
        [],
        ["monthly@10", "monthly@25"],
    ),
    ("- Khen thưởng: cá nhân có ít nhất 05 bài được đăng được đề nghị khen thưởng.", [], [], []),
    (
        "- Định kỳ hằng tháng, quý, năm báo cáo Giám đốc Sở.",
        [],
        [],
        ["monthly", "quarterly", "yearly"],
    ),
    (
        "- Mỗi tổ viết ít nhất 02 tin/tháng; Liên đội viết 04 tin/tháng.",
        [(2, True, "tin", "month", "Mỗi tổ"), (4, False, "tin", "month", "Liên đội")],
        [],
        [],
    ),
    ("- Duy trì quan hệ thông qua việc cung cấp thông tin thường xuyên, phản hồi nhanh chóng.", [], [], []),
    ("- Gửi 04 tin/tháng; cuối tháng tự đánh giá trên phần mềm.", TIN_4, [], ["monthly"]),
    ("- Hoàn thành vào cuối tháng 9/2025.", [], [("2025-09", "by")], []),
    (
        "- Cổng TTĐT (tối thiểu 50 tin/tháng), Fanpage (ít nhất 01 bài/ngày), Zalo OA (04 bài/tháng).",
        [(50, True, "tin", "month", UNIT), (4, False, "bài", "month", UNIT)],
        [],
        ["daily"],
    ),
    ("- Định kỳ (tháng, quý, năm) và đột xuất báo cáo Sở.", [], [], ["monthly", "quarterly", "yearly"]),
    ("- Trước ngày 20/11 hằng năm gửi báo cáo về Sở.", [], [], ["yearly"]),
    ("- Hằng tuần, hằng tháng có lịch đăng tin.", [], [], ["weekly", "monthly"]),
    ("- Ngày 15 và ngày 30 hằng tháng gửi tin về Sở.", [], [], ["monthly@15", "monthly@30"]),
    ("- Chậm nhất ngày 05 của tháng sau, gửi báo cáo tháng trước.", [], [], ["monthly@5"]),
    ("- Vào thứ Hai đầu tuần, họp giao ban Ban Biên tập.", [], [], ["weekly"]),
    ("- Cuối mỗi tháng tổng hợp số lượng tin, bài.", [], [], ["monthly"]),
    ("- Sau mỗi học kỳ, đánh giá công tác truyền thông.", [], [], ["semester"]),
    ("- Thường xuyên cập nhật, đăng tải thông tin.", [], [], ["regular"]),
    ("- Theo dõi thường xuyên các trang mạng xã hội.", [], [], ["regular"]),
    ("- Duy trì thường xuyên chuyên mục.", [], [], ["regular"]),
    ("- Báo cáo quý trước ngày 25 tháng cuối quý.", [], [], ["quarterly"]),
    ("- Họp Ban Biên tập 02 tuần/lần.", [], [], []),
    ("- Rà soát trang thông tin 6 tháng/lần.", [(1, False, "lần", "semester", UNIT)], [], ["semester"]),
    ("- Chế độ báo cáo: 6 tháng, năm.", [], [], ["semester", "yearly"]),
    # not recurring
    ("- Phối hợp với Trung tâm Giáo dục thường xuyên huyện.", [], [], []),
    ("- Bố trí kinh phí trong dự toán chi thường xuyên hằng năm.", [], [], []),
    ("- Phối hợp tổ chức Ngày hội đọc sách hằng năm.", [], [], []),
    ("- Bồi dưỡng thường xuyên cho giáo viên theo quy định.", [], [], []),
    # found by asking again
    (
        "- Mỗi xã có ít nhất một tin/tháng, mỗi trường hai tin/tháng.",
        [(1, True, "tin", "month", "Mỗi xã"), (2, True, "tin", "month", "mỗi trường")],
        [],
        [],
    ),
    ("- Phản hồi thông tin trong 24 giờ.", [], [("trong 24 giờ", "by")], []),
    ("- Báo cáo năm: 30/11/2025.", [], [("2025-11-30", "on")], []),
    (
        "- Báo cáo tuần (thứ Sáu), báo cáo tháng (ngày 25), báo cáo quý (ngày 25 tháng cuối quý).",
        [],
        [],
        ["weekly", "monthly@25", "quarterly"],
    ),
    ("- Hoàn thành quy chế đến hết tháng 6.", [], [("2025-06", "by")], []),
    ("- Gửi danh sách về Sở ngày 05 tháng 12.", [], [("2025-12-05", "on")], []),
    ("- Chậm nhất đến ngày 25 của tháng báo cáo.", [], [], ["monthly@25"]),
    ("- Số điện thoại 0987654321 trực 24/7.", [], [], []),
    ("- Kể từ ngày 01/01/2025, thực hiện đăng tin.", [], [], []),
    # each unit named inside the period, signs, units of more words
    (
        "- Hằng tháng, mỗi trường gửi ít nhất 01 tin, bài về Sở.",
        [(1, True, "tin, bài", "month", "mỗi trường")],
        [],
        ["monthly"],
    ),
    ("- Tối thiểu 02 tin, bài viết/tháng/đơn vị.", [(2, True, "tin, bài viết", "month", UNIT)], [], []),
    ("- Số lượng: ≥ 02 bài/tháng.", [(2, True, "bài", "month", UNIT)], [], []),
    (
        "- Có ít nhất 01 phóng sự hoặc video clip/học kỳ.",
        [(1, True, "phóng sự hoặc video clip", "semester", UNIT)],
        [],
        [],
    ),
    ("- Hai tuần một lần họp Ban biên tập.", [], [], []),
    # what is finished in a month, a quarter, a term
    ("- Thời gian hoàn thành: tháng 9/2025.", [], [("2025-09", "by")], []),
    ("- Thời gian hoàn thành: Quý II/2025.", [], [("Quý II/2025", "by")], []),
    ("- Hoàn thành trong học kỳ I.", [], [("trong học kỳ I", "by")], []),
    ("- Trong tháng 01/2025 ban hành kế hoạch.", [], [("2025-01", "by")], []),
    ("- Tổng kết và trao giải: dự kiến ngày 20/11/2025.", [], [("2025-11-20", "on")], []),
    ("- Tổ chức Ngày hội tư vấn tuyển sinh lớp 10: ngày 18/4/2025.", [], [("2025-04-18", "on")], []),
    # what a unit holds on a day is due on it; a day that is kept is none
    ("- Tổ chức Hội thi vào ngày 20/11/2025.", [], [("2025-11-20", "on")], []),
    ("- Tổ chức Ngày hội tư vấn hướng nghiệp ngày 28/02/2025, mời các trường.", [], [("2025-02-28", "on")], []),
    (
        "- Tổ chức cuộc thi, nhận tác phẩm đến hết ngày 10/11/2025, trao giải ngày 20/11/2025.",
        [],
        [("2025-11-10", "by"), ("2025-11-20", "on")],
        [],
    ),
    ("- Tổ chức các hoạt động kỷ niệm ngày 20/11/2025.", [], [], []),
    ("- Tổ chức Tuần lễ hưởng ứng từ ngày 01/10/2025 đến ngày 07/10/2025.", [], [], []),
    # counts over several periods in one sentence, other things counted, names in quotation marks
    (
        "- Gửi mỗi tháng tối thiểu 01 tin, mỗi quý tối thiểu 01 bài và mỗi học kỳ tối thiểu 01 video.",
        [(1, True, "tin", "month", UNIT), (1, True, "bài", "quarter", UNIT), (1, True, "video", "semester", UNIT)],
        [],
        [],
    ),
    (
        "- Mỗi quý ít nhất 01 bài, 06 tháng ít nhất 01 phóng sự.",
        [(1, True, "bài", "quarter", UNIT), (1, True, "phóng sự", "semester", UNIT)],
        [],
        [],
    ),
    ("- Mỗi tuần giải đáp ít nhất 05 câu hỏi.", [(5, True, "câu hỏi", "week", UNIT)], [], []),
    ("- Mở chuyên mục “Mỗi tuần một cuốn sách hay” trên Fanpage.", [], [], []),
    ("- Ba tháng một lần rà soát nội dung.", [], [], ["quarterly"]),
    ("- Kết thúc học kỳ, năm học, báo cáo kết quả về Sở.", [], [], ["semester", "school_year"]),
    ("- Gửi lịch công tác tuần trước 16 giờ thứ Sáu.", [], [], ["weekly"]),
    ("a) Theo dõi thực hiện; thường xuyên nắm tình hình dư luận.", [], [], ["regular"]),
    ("- Phản hồi ý kiến phụ huynh trong 48 giờ làm việc.", [], [("trong 48 giờ làm việc", "by")], []),
    (
        "- Gửi nội dung trước thời điểm đăng ít nhất 02 ngày làm việc.",
        [],
        [("trước thời điểm đăng ít nhất 02 ngày làm việc", "before")],
        [],
    ),
    ("- Tập huấn nghiệp vụ cho cộng tác viên: 02 lớp/năm.", [(2, False, "lớp", "year", UNIT)], [], []),
    ("- Mở lớp hướng dẫn dựng video trong tháng 10/2025.", [], [("2025-10", "by")], []),
    (
        "- Gửi báo cáo về Sở cùng thời điểm với các đơn vị trực thuộc.",
        [],
        [("cùng thời điểm với các đơn vị trực thuộc", "on")],
        [],
    ),
    (
        "- Trang có ít nhất 20 tin, bài/tháng; gửi Cổng thông tin điện tử huyện 03 tin, bài/tháng.",
        [(20, True, "tin, bài", "month", UNIT), (3, False, "tin, bài", "month", UNIT)],
        [],
        [],
    ),
    ("- Tập huấn giáo viên tư vấn tâm lý: mỗi năm 02 lớp.", [(2, False, "lớp", "year", UNIT)], [], []),
    ("- Chuyên trang trên Báo tỉnh: 01 trang/tuần.", [(1, False, "trang", "week", UNIT)], [], []),
    ("- Tham mưu sơ kết hằng năm trước ngày 15/12.", [], [], ["yearly"]),
    # sea and mountains: found in plans of islands, of a province, of schools far away
    (
        "- Nhóm Zalo giải đáp chậm nhất trong ngày làm việc tiếp theo.",
        [],
        [("chậm nhất trong ngày làm việc tiếp theo", "by")],
        [],
    ),
    ("- Ngày hội “Biển gọi đến trường” tổ chức vào ngày 30 tháng 8 năm 2025.", [], [("2025-08-30", "on")], []),
    (
        "- Trong vòng nửa ngày làm việc kể từ khi nhận phiếu, có ý kiến bằng văn bản.",
        [],
        [("Trong vòng nửa ngày làm việc kể từ khi nhận phiếu", "by")],
        [],
    ),
    ("- Báo cáo Sở bằng văn bản không chậm quá 24 giờ.", [], [("không chậm quá 24 giờ", "by")], []),
    (
        "- Mỗi tháng ít nhất 02 tin, bài, mỗi năm học ít nhất 01 phóng sự.",
        [(2, True, "tin, bài", "month", UNIT), (1, True, "phóng sự", "school_year", UNIT)],
        [],
        [],
    ),
    (
        "- Phát sóng chương trình 04 số/tháng, trong đó 02 số bằng tiếng dân tộc.",
        [(4, False, "số", "month", UNIT), (2, False, "số", "month", UNIT)],
        [],
        [],
    ),
    (
        "- Phát sóng mỗi tuần một số trên truyền hình, hai số trên phát thanh.",
        [(1, False, "số", "week", UNIT), (2, False, "số", "week", UNIT)],
        [],
        [],
    ),
    (
        "- Giới thiệu ít nhất 01 giáo viên tiêu biểu mỗi học kỳ.",
        [(1, True, "giáo viên tiêu biểu", "semester", UNIT)],
        [],
        [],
    ),
    ("- Fanpage đăng đều đặn 10 bài/tuần.", [(10, False, "bài", "week", UNIT)], [], []),
    ("- Điểm báo, gửi lãnh đạo Sở trước 8 giờ tất cả các ngày làm việc.", [], [], ["daily"]),
    ("- Cứ đầu tháng, thông báo số lượng tin, bài của từng đơn vị.", [], [], ["monthly"]),
    (
        "- Mở hai lớp: lớp thứ nhất trong tháng 3/2025; lớp thứ hai cho khối trung học trong tháng 8/2025.",
        [],
        [("2025-03", "by"), ("2025-08", "by")],
        [],
    ),
    ("- Tổng hợp, báo cáo kết quả hằng năm trước ngày 15 tháng 12.", [], [], ["yearly"]),
    # days in lists and stretches in which something is handed in
    ("- Nộp bài vào các ngày 5, 6 tháng 9.", [], [("2025-09-05", "on"), ("2025-09-06", "on")], []),
    ("- Gửi hồ sơ trong các ngày 05 và 06/9/2025.", [], [("2025-09-05", "on"), ("2025-09-06", "on")], []),
    ("- Hoàn thành đăng ký từ 15 đến 20/11.", [], [("2025-11-20", "by")], []),
    ("- Nhận bài dự thi từ 01/9 - 30/10/2025.", [], [("2025-10-30", "by")], []),
    ("- Thời gian nhận bài: 01/9/2025 - 30/10/2025.", [], [("2025-10-30", "by")], []),
    # reports listed with their days in brackets
    (
        "- Chế độ báo cáo: tháng (ngày 25), quý (ngày 25 tháng cuối quý), 6 tháng (15/6), năm (15/12).",
        [],
        [("2025-06-15", "on"), ("2025-12-15", "on")],
        ["quarterly", "monthly@25", "semester", "yearly"],
    ),
    (
        "- Báo cáo định kỳ: hằng tháng (trước ngày 25), 6 tháng (trước ngày 15/6) và năm (trước ngày 15/12).",
        [],
        [("2025-06-15", "before"), ("2025-12-15", "before")],
        ["monthly@25", "semester", "yearly"],
    ),
    # what comes back is no deadline
    ("- Gửi tin, bài trước 16 giờ ngày thứ Năm hằng tuần.", [], [], ["weekly"]),
    ("- Định kỳ trước ngày 10/6 và 10/12 hằng năm, báo cáo về Sở.", [], [], ["yearly"]),
    ("- Định kỳ hàng tháng (ngày 20) báo cáo kết quả.", [], [], ["monthly@20"]),
    # the adverb apart from its verb
    ("- Cập nhật thông tin thường xuyên trên Trang thông tin điện tử.", [], [], ["regular"]),
    ("- Cập nhật kịp thời, thường xuyên tin tức trên website.", [], [], ["regular"]),
    ("- Cập nhật nội dung giáo dục thường xuyên.", [], [], []),
    ("- Kế hoạch cụ thể từng tháng", [], [], []),
]


@pytest.mark.parametrize(
    ("line", "quotas", "deadlines", "recurring"), FORMS, ids=[form[0][2:40] for form in FORMS]
)
def test_everything_printed_is_found_and_nothing_else(line, quotas, deadlines, recurring) -> None:
    reading = read_lines(line)
    assert [(q.count, q.min, q.unit, q.period, q.who) for q in reading.quotas] == quotas
    assert [(d.date or d.relative, d.bound) for d in reading.deadlines] == deadlines
    assert [r.recurrence for r in reading.recurring] == recurring


def test_what_is_to_be_finished_is_due_among_requirements_too() -> None:
    """ "Hoàn thành … trước ngày" under "Yêu cầu" is owed; a share to be reached is a wish."""
    reading = read_lines(
        "- Hoàn thành bộ nhận diện truyền thông trước ngày 31/3/2025.",
        "- Hoàn thành kết nối 90% số trường trước ngày 30/6/2025.",
        heading="II. YÊU CẦU CHUNG",
    )
    assert [d.date for d in reading.deadlines] == ["2025-03-31"]


def test_a_line_above_a_list_says_that_its_counts_are_minimums() -> None:
    reading = read_lines(
        "Định mức tối thiểu đối với từng loại hình đơn vị:",
        "a) Trường mầm non: 01 tin/tuần;",
        "b) Trường THPT: 02 tin/tuần.",
    )
    assert [(q.count, q.min, q.who) for q in reading.quotas] == [
        (1, True, "Trường mầm non"),
        (2, True, "Trường THPT"),
    ]


def test_a_duty_whose_item_speaks_of_money_is_a_duty() -> None:
    reading = read_lines(
        "2. Phòng Kế hoạch - Tài chính bố trí kinh phí; hoàn thành thủ tục hợp đồng trong tháng 7.",
        heading="IV. TỔ CHỨC THỰC HIỆN",
    )
    assert [d.date for d in reading.deadlines] == ["2025-07"]


def test_an_item_that_says_what_is_done_is_no_heading() -> None:
    """ "nội dung" in what the heads of division do does not make their item a list of topics."""
    reading = read_lines(
        "4. Trưởng các phòng thuộc Sở hằng tháng rà soát nội dung thuộc lĩnh vực phụ trách, kịp thời bổ sung.",
        heading="III. TỔ CHỨC THỰC HIỆN",
    )
    assert [(r.recurrence, r.who) for r in reading.recurring] == [("monthly", "Trưởng các phòng thuộc Sở")]


def test_roman_numbers_before_a_dash_head_sections() -> None:
    reading = read_lines(
        "II- NỘI DUNG TRUYỀN THÔNG",
        "- Lịch phát sóng các bài giảng trên Đài tỉnh (từ thứ Hai đến thứ Sáu hằng tuần).",
        "III- TỔ CHỨC THỰC HIỆN",
        "1- Văn phòng Sở",
        "- Phát điểm tin vào thứ Hai hằng tuần.",
    )
    assert [(r.recurrence, r.who) for r in reading.recurring] == [("weekly", "Văn phòng Sở")]


def test_what_a_term_achieved_asks_nothing() -> None:
    reading = read_lines(
        "Các tổ gửi bài đúng hạn trước thứ Năm hằng tuần đạt 92%.", heading="I. Đánh giá học kỳ I"
    )
    assert reading.recurring == ()


def test_making_content_is_work_not_a_list_of_topics() -> None:
    reading = read_lines("Xây dựng infographic, hoàn thành trong quý II/2025.", heading="2. Sản xuất nội dung số")
    assert [d.relative for d in reading.deadlines] == ["trong quý II/2025"]


def test_an_answer_that_is_promised_is_due_among_aims_too() -> None:
    reading = read_lines(
        "- Phản ánh của người dân được trả lời trong thời hạn 05 ngày làm việc.",
        "- Công tác tuyên truyền phải làm thường xuyên, linh hoạt theo mùa.",
        heading="II. MỤC TIÊU",
    )
    assert [d.relative for d in reading.deadlines] == ["trong thời hạn 05 ngày làm việc"]
    assert reading.recurring == ()


def test_what_is_made_or_held_is_owed_in_a_section_of_contents_too() -> None:
    reading = read_lines(
        "a) Xây dựng bộ tài liệu hỏi - đáp về Luật Nhà giáo; hoàn thành trước ngày 31 tháng 8 năm 2025.",
        "b) Tổ chức tọa đàm chính sách định kỳ mỗi quý một lần.",
        "c) Kỳ thi tốt nghiệp; tuyển sinh lớp 10 (hoàn thành trước ngày 15/7/2025).",
        heading="II. NỘI DUNG VÀ CÁC GIAI ĐOẠN TRUYỀN THÔNG",
    )
    assert [d.date for d in reading.deadlines] == ["2025-08-31"]
    assert [(q.count, q.unit, q.period) for q in reading.quotas] == [(1, "lần", "quarter")]
    assert [r.recurrence for r in reading.recurring] == ["quarterly"]


def test_how_something_is_done_is_no_duty_of_every_day() -> None:
    reading = read_lines(
        "Các hoạt động phải thiết thực; phối hợp thường xuyên, chặt chẽ với báo chí.",
        "Các đơn vị chủ động, thường xuyên cung cấp thông tin.",
        heading="2. Yêu cầu",
    )
    assert reading.recurring == ()


def test_a_table_of_how_much_each_unit_owes() -> None:
    """ "Tin, bài/tháng" over a column of bare numbers; minimums said above."""
    printed = """\
IV. CHỈ TIÊU
      Các trường gửi tin, bài, bảo đảm số lượng tối thiểu theo bảng sau:
STT              Đơn vị                     Tin, bài/tháng        Ảnh, video/quý
 1    Trường Mầm non Hoa Mai           02                    01 video
 2    Trường PTDTBT Tiểu học Mường     03                    01 video
      Lâu

      V. TỔ CHỨC THỰC HIỆN
      1. Phòng Văn hóa - Xã hội theo dõi.
"""
    reading = read_document(("KẾ HOẠCH\nTruyền thông năm 2026\nI. MỤC ĐÍCH\n" + printed).encode(), "a.txt")
    two, other = "Trường Mầm non Hoa Mai", "Trường PTDTBT Tiểu học Mường Lâu"
    assert [(q.count, q.min, q.unit, q.period, q.who) for q in reading.quotas] == [
        (2, True, "tin, bài", "month", two),
        (1, True, "video", "quarter", two),
        (3, True, "tin, bài", "month", other),
        (1, True, "video", "quarter", other),
    ]


def test_a_part_alone_on_its_line_begins_anew() -> None:
    wide = "Thông tin về chủ trương của Đảng, chính sách của Nhà nước, kết quả của ngành và các gương điển"
    text = "\n".join(
        [
            "KẾ HOẠCH",
            "Truyền thông năm 2026",
            "Phần thứ nhất",
            "NỘI DUNG",
            *([wide] * 9),
            "Phần thứ hai",
            "GIẢI PHÁP",
            "1. Kiện toàn Ban Biên tập trong tháng 3/2026 để điều hành các kênh của ngành trên địa bàn tỉnh.",
        ]
    )
    reading = read_document(text.encode(), "a.txt")
    assert [section.label for section in reading.sections] == ["Phần thứ nhất", "Phần thứ hai", "1"]
    assert [deadline.date for deadline in reading.deadlines] == ["2026-03"]

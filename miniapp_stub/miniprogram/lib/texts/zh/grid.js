module.exports = {
  area: {
    title: "网格工作台", queue: "待审批记录", today: "今天还有的活动", now: "进行中", scans_wait: "次扫码等待上传", new_event: "新建活动", residents: "居民", enrol: "为没有手机的人登记",
    surveys: "实地考察", boxes: "纸质问卷", plans: "我负责的方案", households: "家庭申请", as_resident: "居民首页", month: "本月情况", month_points: "发放积分", month_hours: "服务小时", month_records: "通过的记录", month_events: "活动",
  },
  grid_events: { title: "活动管理", new_event: "新建活动", now: "进行中", drafts: "草稿", coming: "即将开始", over: "最近一周", none: "还没有活动。" },
  plan: {
    title: "活动", like: "和以前一样", what: "活动名称", place: "地点", spot_set: "只能在地点附近签到（300米内）。", spot_none: "没有定位：在哪里都能签到。", spot_here: "就在这里", spot_remove: "去掉定位", day: "日期", from: "开始", to: "结束",
    publish: "发布", save: "保存", draft: "存为草稿", one_moment: "请稍等…", published: "已发布", rest: "其他设置（需要时改）", kind: "类别", mode: "谁来扫码",
    mode_both: "都可以", mode_venue_code: "居民扫现场码", mode_resident_code: "工作人员扫居民", out: "还要签退", capacity: "名额", capacity_hint: "不填就是不限。", per_hour: "每小时积分", most: "最多积分", more: "活动说明",
  },
  grid_event: {
    title: "活动", now: "进行中", publish: "发布", show_code: "出示现场码", scan: "扫居民的码", who: "在场 / 报名", nobody: "还没有人。", here: "在场", left: "已离开", confirmed: "已报名", waitlisted: "候补",
    refused: "没通过的扫码", records: "这次活动的待审批记录", poster: "打印海报", edit: "修改", close: "结束活动", cancel: "取消活动",
    close_sure: "没有签退的人会生成有标记的记录。", cancel_sure: "会通知所有报名的人。",
  },
  refused_scan: {
    token_invalid: "不是我们的码", token_expired: "过期的码", outside_check_in_time: "太早或太晚", too_far: "距离太远", location_required: "没有位置", already_checked_in: "已经签到过", already_checked_out: "已经签退过",
    not_checked_in: "没签到就签退", event_full: "没有名额", event_not_open: "活动未开放", event_cancelled: "活动已取消",
  },
  venue: { title: "现场码", how: "请用“邻里”扫码", or_type: "或者在签到页输入这六位数字", left: "{n}秒后更换", which: "签到还是签退", in: "签到", out: "签退" },
  scan: {
    title: "扫居民的码", scan: "连续扫码", wait: "次扫码存在这部手机上", send_now: "现在上传", by_name: "按姓名找居民", by_name_hint: "没带手机也没带卡：找到本人后替他申报。没有卡的可以在那里制卡。", results: "扫码结果",
    not_a_resident: "这不是居民的码。", kept: "已保存，稍后上传", sent: "已上传", done: "成功", annul: "作废", annulled: "已作废", annul_reason: "扫错了",
  },
  queue: {
    title: "待审批", none: "没有待审批的记录，辛苦了！", wait: "条待审批", pictures: "{n}张图片", select_plain: "选中所有正常的", select_none: "取消选择", look: "查看", approve: "通过", reject: "不通过",
    group_plain: "没有异常", why_plain: "扫码签到，或由工作人员录入。", group_look: "先看再批", why_look: "居民自己申报，或有异常：请逐条打开看过再决定，“选中所有正常的”不含这些。",
    group_second: "您已通过", why_second: "还需另一个人通过。",
    why: "原因", or_say: "或者自己写", reason_not_there: "没有到场", reason_too_long: "时间没有这么长", reason_no_proof: "无法核实", reason_twice: "重复记录", outcome: "已处理{n}条。",
  },
  grid_record: {
    title: "审批", history: "经过", pictures: "图片", objections: "异议", event: "所属活动", points_given: "积分", points_hint: "建议{proposed}，最多{most}。", note: "为什么改积分？居民会看到。",
    approve: "通过", reject: "不通过", approved: "已通过", first_of_two: "已通过，还需一人", rejected: "已退回", waiting: "您已通过这条记录，还需另一个人通过。",
  },
  residents: { title: "居民", search: "姓名", look: "查找", enrol: "登记", none: "没有找到这个人。" },
  enrol: {
    title: "登记居民", what_for: "给没有手机的人办一张卡，和手机上的码一样用。", name: "姓名", area: "网格", household: "家庭", no_household: "无", papers: "填写证件（选填）",
    papers_hint: "加密保存，只用来确认是同一个人。", paper_name: "证件姓名", id_number: "证件号码", phone: "电话", enrol: "登记并制卡", one_moment: "请稍等…",
  },
  resident: {
    title: "居民", card_since: "制卡日期：", no_card: "还没有卡。", print_card: "打印卡", make_card: "制卡", new_card: "换新卡", new_card_sure: "旧卡会马上失效。", revoke: "卡丢了，停用",
    revoke_sure: "卡会马上失效。", declare_for: "替他申报", credit_file: "信用档案", exchange: "替他兑换", exchange_sure: "{name}使用{n}积分。", has_points: "可用{n}积分", look_again: "请重新打开兑换列表，积分可能有变化。", exchange_yes: "兑换", exchanged: "兑换成功", print_coupon: "打印券",
  },
  paper: { title: "打印", how: "页面会在旁边打开，可以打印或发到电脑上。" },
  households: { title: "家庭申请", none: "没有申请。", asks: "申请加入", confirm: "确认", refuse: "不同意" },
  boxes: { title: "纸质问卷", what: "没有手机的居民被抽中时，用纸答，投进箱子。", nothing: "现在没有正在进行的问卷。", until: "截止{day}，收到{n}份，已录入{typed}份" },
  box: {
    print: "打印空白问卷", title: "纸质问卷", counts: "箱里收到{n}份，已录入{typed}份。", how: "纸上不写名字。谁投了箱、纸上答了什么，分开登记，没有人能对上。", stay: "箱里总要留两份，这样没有人知道哪份是谁的。投满三份的，最后一周可以全部录入。", type_in: "录入一份", without_phone: "抽中但没有手机的居民", nobody: "都投过了，或都有手机。",
    handed_in: "登记投箱", sure: "{name}已经把问卷投进箱子？", sure_why: "登记后不能撤销。请让本人自己折好、投入。", yes: "已投", over: "已经结束，不再接收。",
  },
  surveys: { title: "实地考察", what: "抽签抽中的其他社区点位，请您去看一看。", nothing: "没有派给您的考察。", until: "共{n}个点位，已完成{done}个，截止{day}" },
  survey: { title: "实地考察", progress: "已完成{n}个，共{of}个", drawn: "{of}个备选点位中抽取{n}个，抽签种子", over: "已经结束，不再接收。", begun: "已开始，保存在本机" },
  visit: { title: "查看点位", left: "还有{n}条没有选。确实没有这一项的，选“不适用”。", not_yet: "还没有选", found_1: "达标", found_0: "不达标", found_none: "不适用", note: "备注", add_picture: "添加照片", remove: "删除这张照片", sent: "已保存", kept: "已保存：", stays: "只能提交一次，提交后不能更改。提交之前保存在本机，没有网络也不会丢。" },
};

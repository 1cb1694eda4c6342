module.exports = {
  sign_in: {
    title: "邻里", welcome: "欢迎来到邻里", what: "帮助邻居，积累积分，在身边的小店使用。",
    sign_in: "微信登录", signing_in: "正在登录…", agree: "登录即表示同意隐私保护说明。", by_password: "工作人员账号登录",
  },
  password: { title: "工作人员登录", username: "账号", password: "密码", otp: "验证器上的数字", sign_in: "登录", signing_in: "正在登录…" },
  home: {
    title: "邻里", hello: "您好，", held: "即将到账：", scan: "扫码签到", my_next: "我的下一个活动", next: "身边的活动",
    use_soon: "快到期的券", inbox: "消息", new_messages: "{n}条新消息", lapsing: "{n}积分将在{day}后过期", grid_work: "网格工作台", shop_work: "门店收券",
    where: "您住在哪个网格？", where_why: "选好后，网格员能找到您，您也能加入家庭。", not_now: "以后再说",
  },
  events: {
    title: "活动", calendar: "未来两周", on_day: "{weekday} {number}日（{month}），{n}个活动", filter_all: "全部", filter_mine: "我报名的", filter_free: "有名额", filter_near: "离我最近",
    no_place: "手机没有提供位置。", none: "这几天没有这样的活动。",
  },
  event: {
    title: "活动", now: "进行中", signed_up: "已报名", waitlisted: "候补中", waiting_at: "候补第{n}位", full: "已满", checked_in: "已签到", checked_out: "已完成",
    taken: "{n}人报名", room: "还有{left}个名额（共{capacity}个）", reward: "每小时{per_hour}积分，最多{most}积分", away: "距离这里：",
    how_far: "离我多远？", in_at: "签到：{when}", out_at: "签退：{when}", check_in: "扫码签到", check_out: "扫码签退", show_my_code: "出示我的码",
    sign_up: "报名", join_waiting: "加入候补", withdraw: "我去不了了", withdraw_sure: "如果有人候补，您的名额会让给他。", withdraw_free: "还有名额，以后可以再报名。", leave_waiting: "您会退出候补。", first_come: "候补按报名先后补位。",
    rewarded_first: "候补时，享有“活动优先”的居民先补位，其余按报名先后，因此您的位次可能后移；已有的名额不会让出。", yes: "取消报名", share: "告诉朋友",
  },
  check_in: {
    title: "签到签退", scan: "扫现场的码", sending: "请稍等…", which: "哪个活动", type_code: "或者输入六位数字", type_hint: "数字在现场的码下面。", no_event: "没有找到进行中的活动，请扫现场的码。", submit: "提交", my_code: "扫不了？出示我的码",
    in_done: "{when} 签到成功", out_done: "{when} 签退成功，谢谢您！", scan_again: "离开时请再扫一次签退。", record_waits: "记录已提交，等待审批。",
    see_record: "查看记录", see_event: "查看活动",
  },
  records: { title: "我做过的", all: "全部", none: "还没有记录。参加活动，或者告诉我们您做了什么。" },
  record: {
    title: "记录", history: "经过", object: "记录有误", what_is_wrong: "哪里不对？", withdraw: "撤回", withdraw_sure: "撤回这条记录？撤回后没有积分。",
    got: "+{n}积分", coming: "{n}积分即将到账", proposed: "建议{n}积分", points: "{n}积分", by: " · {who}", by_name: "{name}（{as}）", notice_until: "公示到{day}，之后积分到账。",
    objection_open: "您的异议正在处理", objection_upheld: "您的异议成立", objection_dismissed: "您的异议未被采纳",
  },
  declare: {
    title: "我做了好事", what_for: "告诉我们您做了什么。两个人看过之后，积分就会到账。", kind: "哪一类", what: "做了什么？", what_example: "例如：帮吴阿姨买药",
    day: "哪一天", from: "开始", to: "结束", add_picture: "添加图片", remove: "去掉这张图片", send: "提交", sent: "已提交，谢谢您！", unreadable: "这张图片打不开，请选择 JPEG、PNG 或 WebP 格式的图片。", unusable: "不能使用，请去掉", ends_before_start: "结束时间要晚于开始时间。",
  },
  points: {
    title: "我的积分", available: "可用积分", earned: "累计获得：", spent: "累计使用：", held: "即将到账：", owed: "欠：", spend: "看看能换什么", lapsing: "什么时候过期",
    entries: "收支明细", none: "还没有积分。", balance: "剩余：",
  },
  offers: {
    title: "兑换", all: "全部", you_have: "您有", none: "现在没有可兑换的。", left: "剩{n}份", valid: "{n}天内有效", exchange: "查看并兑换", short_of: "还差{n}积分",
  },
  offer: {
    title: "兑换详情", price: "需要", you_have: "您有", after: "兑换后还有{n}", exchanging: "请稍等…", confirm: "确定兑换", done: "兑换成功", terms: "使用说明", where: "可用门店",
    held: "您的券包里已有这种券，可以使用。", to_wallet: "查看我的券", nowhere: "现在没有门店可用。", valid: "兑换后{n}天内有效。", limit: "每人最多{n}份", until: "兑换截止：{when}", refundable: "没用过可以退，积分返还。",
  },
  wallet: { title: "我的券", filter_available: "可使用", filter_used: "已使用", filter_over: "已失效", none: "这里没有券。", get_some: "去兑换" },
  coupon: {
    title: "兑换券", code_picture: "给店员扫的券码", or_say: "或者报这串数字：", just_used: "已使用", refund: "退券，拿回积分",
    refund_sure: "返还{n}积分，券将失效。", cash_off: "减{amount}", percent_off: "{zhe}折", from: "满{amount}可用", cap: "最多减{amount}", comma: "，",
    used_at: "使用时间：{when}", given: "优惠了{amount}", until: "有效期至：{when}",
    last_hours: "不到一天了，有效期至：{when}", days_left: "还剩{n}天，有效期至：{when}",
  },
  my_code: { title: "我的码", show: "请出示给工作人员，由他们来扫。", changes: "码一直在变，截图没有用。", off_line: "没有网络，码不能更新。请工作人员扫您的卡，或按姓名找到您。" },
  me: {
    title: "我的", inbox: "消息", records: "我做过的", points: "我的积分", my_code: "我的码", declare: "我做了好事", credit: "我的信用评价", civility: "文明指数", culture: "诚信文化", household: "我的家庭", my_data: "我的资料", large: "大字", large_hint: "全部放大到1.4倍",
    language: "语言", "language_zh-CN": "中文", language_en: "English", sign_out: "退出登录", sign_out_sure: "在这部手机上退出登录？",
  },
  my_data: {
    title: "我的资料", name: "我的名字", save: "保存", saved: "已保存", area: "居住地", change: "更改", no_grid: "还没有选择网格", household: "家庭", no_household: "无", plan: "我的方案", kept: "保存了我的什么",
    kept_what: "我的名字、居住地、参加过的活动、申报的好事、积分和券；加入后的信用档案；被提名的荣誉。签到时的位置只用来比对，不保存。",
    phone: "我的手机号", no_phone: "没有", add_phone: "用微信添加", remove_phone: "删除手机号",
    consents: "我同意了什么", consents_how: "每一项单独决定，不同意不影响其他。", given: "已同意，{day}", not_given: "不同意，{day}", not_asked: "还没有问过",
    for_location: "我的位置", what_location: "签到时和活动地点比对。不同意时请工作人员扫您的码。",
    for_wechat_messages: "微信提醒", what_wechat_messages: "与您有关的事也用微信提醒。消息里总能看到。",
    for_phone_number: "手机号", what_phone_number: "方便工作人员联系您。不同意就会删除。",
    copy: "复制我的全部资料", collecting: "正在整理…", remove: "更正或删除", remove_how: "名字和居住地可以在上面修改。其他更正或者删除，请找网格员，十五天内办好。",
  },
  my_area: {
    title: "居住地", why: "请一步步选到您所在的网格。网格员由此找到您，您的门牌号也在这个网格里查找。",
    up: "回到{name}", mine: "现在", no_grids: "这里还没有划分网格，请问网格员。",
    sure: "保存为您的居住地？", sure_of_household: "保存为您的居住地？您的家庭不会跟着改变，有变动请告诉网格员。",
  },
  inbox: {
    title: "消息", none: "还没有消息。与您有关的事会在这里告诉您。", unread: "{n}条未读", read_all: "全部标为已读", new: "新", was_read: "已读",
    ring: "同时用微信提醒我", ring_how: "微信会询问您。每同意一次，可以收到一条这类提醒。", ring_free: "不同意也没有关系，所有消息都能在这里看到。",
    ring_ask: "去选择", ring_yes: "好的，会提醒您", ring_no: "没有改变", rights: "还可提醒{n}次", no_rights: "还没有同意",
  },
  notice: { event: "报名的活动", record: "我的活动记录", points: "积分快到期", coupon: "兑换券", settlement: "结算" },
  household: {
    title: "我的家庭", yours: "您的家庭", none: "还没有", why: "网格员不审批自己家人的记录。您的家庭由网格员确认。", no_grid: "您还没有选择网格。选好后，就能查找您的门牌号。", door: "门牌号", door_example: "例如：1-101 室",
    look: "查找", not_found: "您的网格里没有这个门牌号，请问网格员。", ask: "这是我家，申请加入", asked: "已申请加入{name}，等网格员确认。",
  },
  privacy: {
    title: "隐私保护说明",
    parts: [
      { head: "我们保存什么，用来做什么", body: "微信身份，用于登录；您起的名字；居住地；参加的活动和申报的好事，用于计算积分；积分和券。" },
      { head: "您的位置", body: "签到或查找最近的活动时才会询问。只与活动地点比对，不保存坐标，只留下大致距离。" },
      { head: "相机和图片", body: "相机只读码，不保存画面。申报时添加的图片只给审批的工作人员看，图片里的地点和时间信息会去掉。" },
      { head: "信用评价", body: "您在“我的”里加入后才有，不加入就不会用任何资料来评价。您能看到全部内容和谁查看过，随时可以退出。" },
      { head: "保存多久", body: "在您使用期间保存。法律要求留存的记录，按法律规定的时间保存。" },
      { head: "您的权利", body: "在“我的—我的资料”里查看和复制全部资料。更正或删除请找网格员。对任何记录可以在页面上提出异议。不同意也不影响参加：工作人员可以用打印的卡为您办理。" },
      { head: "谁能看到", body: "您所在区域的工作人员能看到您的记录。商家只看到打码的名字。不出售。" },
    ],
  },
  civility: {
    title: "文明指数", what: "您的社区做得怎么样，方法人人可查。其中没有任何个人的得分。", between: "95%区间：{low}至{high}", days: "{from}至{to}", measured: "已测权重：",
    by_part: "看谁做得怎样", by_branch: "看哪些方面", over_time: "历次得分", leaf_by_leaf: "逐项查看、提意见", others: "其他社区", my_remarks: "我的意见", answer: "想听听您的看法",
    nothing: "还没有公布涉及您社区的指数。", no_home: "请先在“我的”里写明所在网格，这里就会显示您的社区。", ask_me: "愿意接受问卷邀请", ask_me_hint: "居民由抽签产生。答不答都可以，也不因此得积分。",
    scale: "{from}得0分，{to}得100分", corrected: "由{was}更正为{is}", places: "查看{n}个点位，共{of}个备选；抽签种子{seed}", sheets: "邀请{of}人，{n}人作答；抽签种子{seed}", counted: "全数统计，共{n}",
  },
  civility_leaves: {
    title: "逐项指标", how: "得分从0到100。点开可以看是怎样得出的。", mark: "得分", value: "测得：", weight: "权重", was_corrected: "已更正", what_is_wrong: "这里有什么不对吗？", answered_in_writing: "街道会书面答复。",
  },
  civility_tiles: { title: "各社区", how: "按代码排列。横线表示测得太少，或住的人太少。" },
  civility_questionnaire: {
    title: "问卷", nobody_knows: "没有人会知道您答了什么。", as_you_like: "不想答的可以不答。不因此得积分。只能提交一次。", thank_you: "您已经答过了，谢谢！", over: "已经结束。", answer_1: "是", answer_0: "否", typed: "已录入。请拿下一份。", typed_all: "已录入。现在没有可以再录入的。", box_open: "录入纸质问卷", box_how: "照纸上录入，没答的留空。录入后不能更改。",
  },
  civility_remarks: { title: "意见", nothing: "您还没有提过意见。", answer: "答复", was_corrected: "数值已更正。" },
};

// 荣誉、知识页、文化日历；以及社区矫正帮扶方案，只有本人和负责人员能看到。
module.exports = {
  culture: {
    title: "诚信文化", own: "我的荣誉", asked: "待您答复", days: "近期的日子", no_days: "日历上还没有内容。", on_now: "正在进行", in_days: "还有{n}天",
    from_until: "{from}至{until}", pages: "学一学，答一答", no_pages: "还没有可读的内容。", honours: "身边好人", no_honours: "目前没有展示。",
    agreed_to: "这里的每一位都同意了展示。这不是按等级排的名单，也与信用分值无关。",
  },
  culture_page: {
    title: "学一学", quiz: "答一答", for_oneself: "只供自己学习：不保存作答，也不给积分。", answer: "看看答对了没有", again: "再答一次",
    right: "答对了", wrong: "不太对", answer_is: "正确答案：{answer}", result: "共{all}题，答对{right}题",
  },
  culture_honours: {
    title: "我的荣誉", none_yet: "还没有人提名您。", what: "您同意了，社区才会公开表彰您；每一次都单独征求您的意见。",
    asks: "可以展示吗？", shown_what: "住在这里的人会看到荣誉名称、事迹，以及部分隐去的姓名，此外什么也不显示。",
    can_take_back: "随时可以收回，不需要理由。不同意没有任何影响，除管理员外没有人知道。",
    agree: "同意展示", refuse: "不同意", take_back: "收回", agree_sure: "向住在这里的所有人展示这项荣誉（姓名部分隐去）？",
    refuse_sure: "不同意吗？不同意就不会展示。", take_back_sure: "收回后马上不再展示。收回的不能再展示，只能重新提名。",
  },
  honour: { asked: "待您答复", agreed: "您已同意，尚未展示", shown: "正在展示", refused: "您不同意", withdrawn: "已收回" },
  credit_plan: {
    title: "我的方案", no_plan: "没有您的方案。", who_sees: "只有您和负责这份方案的工作人员能看到。它不进入信用档案，也不会被导出。", days: "{from}至{until}",
    service: "服务：已完成{done}，要求{asked}", broken: "违反规定{n}次", work_found: "已找到工作", steps: "记录", no_steps: "还没有记录。",
    wrong: "如果有不对的地方，请告诉负责方案的工作人员。",
  },
  grid_corrections: {
    title: "我负责的方案", who_sees: "社区矫正帮扶方案。只有负责人和本人知道有这份方案。", no_plans: "您没有负责的方案。",
  },
  grid_correction: {
    title: "帮扶方案", write: "记录情况", kind: "发生了什么", day: "日期", minutes: "多少分钟", note: "说明", they_read: "本人会看到。", enter: "记录",
    steps: "记录", close_it: "结束方案", close_sure: "服务全部完成的按“已完成”结案，否则按“已结束”结案。之后不能再添加记录。",
  },
  plan_status: { running: "进行中", done: "已完成", ended: "已结束" },
  plan_step: { rule_kept: "遵守规定", rule_broken: "违反规定", service: "完成服务", work_found: "找到工作" },
};

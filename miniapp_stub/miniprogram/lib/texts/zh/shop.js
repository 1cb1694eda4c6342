module.exports = {
  till: {
    title: "收券", suspended: "本店现在不能收券。", scan: "扫券", scan_next: "扫下一张", type_code: "或者输入十二位数字", type_hint: "有没有空格都可以。",
    look: "查看", one_moment: "请稍等…", holder: "持券人", give: "本次优惠", redeem: "确认收券", not_this: "不是这张", spend: "消费金额（元）", spend_example: "例如：36.50",
    reckon: "计算优惠", done: "收券成功", to_undo: "收错了？一小时内可以撤销", today: "今天的清单", settlements: "结算", as_resident: "居民首页",
    no_code: "这不是券的码。", bad_amount: "请输入金额，例如 36.50。",
  },
  today: {
    title: "今天的清单", coupons: "张券", due: "社区应付", day: "日期", none: "这一天没有收券。", undo: "撤销", undone: "已撤销", undo_sure: "确定撤销吗？",
    undo_what: "券会退回给顾客，社区不再付这笔钱。", why: "原因", or_say: "或者自己写", reason_mistaken: "扫错了", reason_changed_mind: "顾客不要了", reason_wrong_amount: "金额不对",
  },
  settlements: { title: "结算", none: "还没有结算单，社区会按期生成。" },
  settlement: {
    title: "结算单", period: "{from}至{to}", lines: "{n}张券", paid_on: "{day}已付，凭证号{reference}", confirm: "确认无误", confirm_sure: "{amount}对吗？确认后社区付款。",
    confirmed: "已确认", statement: "对账单", fetching: "正在获取…", dispute: "有问题", each: "逐笔明细", which: "请点选有问题的", what_is_wrong: "哪里不对？", send_dispute: "提交给社区",
    as_pdf: "PDF，可打印", as_xlsx: "Excel 表格", as_csv: "CSV",
  },
  settlement_status: { draft: "请确认", confirmed: "已确认", approved: "已批准，待付款", paid: "已付款", disputed: "核对中" },
};

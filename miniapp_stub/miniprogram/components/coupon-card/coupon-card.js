Component({
  properties: { coupon: Object },
  methods: { open() { this.triggerEvent("open", { id: this.data.coupon.id }); } },
});

// One of a few, all in sight.
Component({
  properties: { label: String, options: Array, value: null },
  methods: { choose(event) { this.triggerEvent("change", { value: event.currentTarget.dataset.value }); } },
});

// Something to type, with its name above it and never inside it alone.
Component({
  properties: {
    label: String, value: String, placeholder: String, hint: String, kind: { type: String, value: "text" }, most: { type: Number, value: 200 },
    long: Boolean, password: Boolean,
    wrong: null, // why what is typed was refused: a sentence, or nothing
  },
  methods: {
    typed(event) { this.triggerEvent("change", { value: event.detail.value }); },
    confirmed(event) { this.triggerEvent("confirm", { value: event.detail.value }); },
  },
});

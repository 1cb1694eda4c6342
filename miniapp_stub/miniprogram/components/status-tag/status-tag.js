// A state in a word, in a colour that repeats what the word says.
Component({ options: { virtualHost: true }, properties: { text: String, tone: { type: String, value: "plain" } } });

// Honours, pages to learn from, the culture calendar; and the plan of somebody under community correction, who alone reads it.
module.exports = {
  culture: {
    title: "Culture of trust", own: "My honours", asked: "Asks for your answer", days: "Coming up", no_days: "Nothing is on the calendar.", on_now: "On now", in_days: "in {n} {n?day:days}",
    from_until: "{from} to {until}", pages: "To read, with questions", no_pages: "There is nothing to read yet.", honours: "Neighbours we are proud of", no_honours: "Nobody is shown at present.",
    agreed_to: "Everybody here agreed to be shown. It is no list by grade, and no credit figure is behind it.",
  },
  culture_page: {
    title: "To read", quiz: "Do you know?", for_oneself: "Only for yourself: nothing of it is kept, and there are no points for it.", answer: "See what is right", again: "Once more",
    right: "Right", wrong: "Not quite", answer_is: "Right is: {answer}", result: "{right} of {all} right",
  },
  culture_honours: {
    title: "My honours", none_yet: "Nobody has proposed you yet.", what: "The community may honour you in public only if you agree, each time anew.",
    asks: "May this be shown?", shown_what: "Everybody who lives here would see the title, the reason and your name, partly hidden. Nothing else.",
    can_take_back: "You can take it back at any time, without a reason. A no has no consequence, and nobody is told of it but the administrators.",
    agree: "Yes, show it", refuse: "No, thank you", take_back: "Take it back", agree_sure: "Show this honour to everybody who lives here, with your name partly hidden?",
    refuse_sure: "Say no? It is then not shown.", take_back_sure: "It is shown no more at once. It cannot be shown again, only proposed anew.",
  },
  honour: { asked: "Waits for your answer", agreed: "You agreed, not shown yet", shown: "Shown", refused: "You said no", withdrawn: "Taken back" },
  credit_plan: {
    title: "My plan", no_plan: "There is no plan for you.", who_sees: "Only you and the staff who run this plan see it. It stands in no credit file and in no export.", days: "{from} to {until}",
    service: "Service: {done} of {asked}", broken: "Rules broken: {n}", work_found: "Work was found", steps: "What was written down", no_steps: "Nothing yet.",
    wrong: "If something is not right, tell the staff who run the plan.",
  },
  grid_corrections: {
    title: "Plans that I run", who_sees: "Community correction. Only who runs a plan, and who it is about, sees that it is there.", no_plans: "You run no plan.",
  },
  grid_correction: {
    title: "Plan", write: "Write down what happened", kind: "What happened", day: "Day", minutes: "How many minutes", note: "In a sentence", they_read: "The person reads it.", enter: "Write it down",
    steps: "What was written down", close_it: "Close the plan", close_sure: "Where all of the service was done it is closed as done, else as ended. Nothing can be added afterwards.",
  },
  plan_status: { running: "Running", done: "Done", ended: "Ended" },
  plan_step: { rule_kept: "A rule was kept", rule_broken: "A rule was broken", service: "Service", work_found: "Work was found" },
};

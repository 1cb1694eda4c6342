// How every asynchronous wx.* call answers: success or fail, then complete; a promise where no callback was given.
const CALLBACKS = ["success", "fail", "complete"];

function settle(options, name, ok, result) {
  const answer = { errMsg: `${name}:${ok ? "ok" : "fail"}`, ...result };
  (ok ? options.success : options.fail)?.(answer);
  options.complete?.(answer);
  return answer;
}

/** `act(options)` gives the result, or throws an Error whose message follows `name:fail `. */
export function call(name, act) {
  return (options = {}) => {
    const run = async () => {
      try {
        return [true, await act(options)];
      } catch (error) {
        return [false, { errMsg: `${name}:fail ${error.message}`, ...(error.errno ? { errno: error.errno } : {}) }];
      }
    };
    const done = run().then(([ok, result]) => [ok, settle(options, name, ok, result)]);
    if (CALLBACKS.some((callback) => options[callback])) return undefined;
    return done.then(([ok, answer]) => (ok ? answer : Promise.reject(answer)));
  };
}

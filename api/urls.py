"""The rules by which paths are found, and built for pages."""
import werkzeug.routing


class Rule(werkzeug.routing.Rule):
    """Builds paths by functions that are made when it first builds one.

    werkzeug makes two for each rule when it is added, by compiling them: a quarter of a second, and memory, for a thousand rules of
    which some dozens are ever built.
    """

    def _compile_builder(self, append_unknown: bool = True):
        compiled, made = super()._compile_builder, []

        def build(rule, /, **values):
            if not made:
                made.append(compiled(append_unknown))
            return made[0](rule, **values)
        return build

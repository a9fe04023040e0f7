"""Write every generated page and picture anew, and what the code of the others prints: ``python -m tests.docs``."""

from __future__ import annotations

from tests.docs import api, blocks, from_r, operators, pictures, tutorials

if __name__ == "__main__":
    operators.PAGE.write_text(operators.page(), encoding="utf-8")
    from_r.PAGE.write_text(from_r.page(from_r.shown()), encoding="utf-8")
    api.main()
    pictures.main()
    tutorials.main([])
    blocks.main([])

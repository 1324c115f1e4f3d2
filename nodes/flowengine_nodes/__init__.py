"""The built-in packs of flowengine, shaped like any plugin."""

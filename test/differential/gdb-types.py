# Run by gdb: layouts of the types named in the JSON array in $TYPE_NAMES, as JSON into $TYPE_LAYOUTS.
import json
import os

import gdb


def field(f, depth):
    kind = f.type.strip_typedefs()
    answer = {"name": f.name, "type": kind.name, "size": f.type.sizeof, "artificial": bool(f.artificial)}
    if hasattr(f, "enumval"):
        answer["value"] = str(f.enumval)
    else:
        answer["bits"] = getattr(f, "bitpos", None)
        answer["bitSize"] = f.bitsize
    if depth > 0 and kind.code in (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION):
        answer["fields"] = [field(inner, depth - 1) for inner in kind.fields()]
    return answer


def layout(name):
    found = gdb.lookup_type(name).strip_typedefs()
    fields = []
    if found.code == gdb.TYPE_CODE_ENUM:
        fields = [{"name": f.name, "value": str(f.enumval)} for f in found.fields()]
    elif found.code in (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION):
        fields = [field(f, 1) for f in found.fields()]
    keyword = {gdb.TYPE_CODE_UNION: "union", gdb.TYPE_CODE_ENUM: "enum"}.get(found.code, "struct")
    bare = name.split(" ", 1)[1] if name.startswith(("struct ", "union ", "enum ")) else name
    text = gdb.execute("ptype /o %s '%s'" % (keyword, bare), to_string=True)
    return {"size": found.sizeof, "fields": fields, "text": text}


gdb.execute("set language c")
layouts = {}
with open(os.environ["TYPE_NAMES"]) as names:
    for name in json.load(names):
        try:
            layouts[name] = layout(name)
        except (gdb.error, RuntimeError) as error:
            layouts[name] = {"error": str(error)}
with open(os.environ["TYPE_LAYOUTS"], "w") as out:
    json.dump(layouts, out)

"""Asks gdb what it knows of the parameters of copies of functions, by `info scope`, at one address each.

  QUESTIONS  JSON: [{"at": address, "depth": inlined copies it is within, "ranges": [[start, end]…]}…], as linked
  ANSWERS    JSON, one for each: {"function": gdb's name, "slide": of the addresses, "parameters": [[name, bytes, where]…]} or {"error": text}

`info scope` tells of the innermost function at an address. Where all code of a copy is that of functions inlined into it, the program
is started, stopped before its first instruction, its pc set to the address, and the copy's frame asked with `info address`.
"""
import json
import os
import re
import gdb

MOST_TRIED = 50000


def function_blocks(pc):
    """The functions under way at an address, the one out of line first."""
    found = []
    block = gdb.block_for_pc(pc)
    while block is not None and not block.is_global and not block.is_static:
        if block.function is not None:
            found.insert(0, block)
        block = block.superblock
    return found


def key(block):
    return (block.start, block.end, block.function.name)


def own_address(question, wanted):
    tried = 0
    for start, end in [[question["at"], question["at"] + 1]] + question["ranges"]:
        for pc in range(start, end):
            blocks = function_blocks(pc)
            if len(blocks) == question["depth"] + 1 and key(blocks[-1]) == wanted:
                return pc
            tried += 1
            if tried > MOST_TRIED:
                return None
    return None


def without_running(question):
    blocks = function_blocks(question["at"])
    if len(blocks) <= question["depth"]:
        return {"error": "gdb sees %d functions under way" % len(blocks)}
    block = blocks[question["depth"]]
    pc = own_address(question, key(block))
    if pc is None:
        return None
    text = gdb.execute("info scope *0x%x" % pc, to_string=True)
    entries = re.split(r"^Symbol ", text, flags=re.M)[1:]
    # Symbols of blocks within come first; the function's own are the last.
    own = [symbol for symbol in block]
    entries = entries[len(entries) - len(own):] if own else []
    parameters = []
    for symbol, entry in zip(own, entries):
        if not entry.startswith(symbol.print_name + " is "):
            return {"error": "%s: info scope says %s" % (symbol.print_name, entry)}
        if symbol.is_argument:
            parameters.append([symbol.print_name, symbol.type.sizeof, entry[len(symbol.print_name) + 4:]])
    return {"function": block.function.print_name, "slide": 0, "parameters": parameters}


def in_frame(question, slide):
    gdb.execute("set $pc = %d" % (question["at"] + slide))
    frames = [gdb.newest_frame()]
    while frames[-1].type() == gdb.INLINE_FRAME:
        frames.append(frames[-1].older())
    if len(frames) <= question["depth"]:
        return {"error": "gdb sees %d frames" % len(frames)}
    frame = frames[len(frames) - 1 - question["depth"]]
    frame.select()
    block = frame.block()
    while block.function is None:
        block = block.superblock
    parameters = []
    for symbol in block:
        if symbol.is_argument:
            found = gdb.lookup_symbol(symbol.print_name, frame.block())[0]
            if found is None or (found.line, found.type) != (symbol.line, symbol.type):
                return {"error": "another variable hides " + symbol.print_name}
            text = gdb.execute("info address " + symbol.print_name, to_string=True).split(" is ", 1)[1]
            # Unlike info scope it leaves the number out.
            if text == "constant.\n" and symbol.type.code == gdb.TYPE_CODE_INT:
                text = "constant %d.\n" % int(symbol.value(frame))
            parameters.append([symbol.print_name, symbol.type.sizeof, text])
    return {"function": block.function.print_name, "slide": slide, "parameters": parameters}


def guarded(ask, *arguments):
    try:
        return ask(*arguments)
    except (gdb.error, RuntimeError) as error:
        return {"error": str(error)}


def loaded_at(binary):
    for line in open("/proc/%d/maps" % gdb.selected_inferior().pid):
        fields = line.split()
        if len(fields) > 5 and fields[5] == binary and int(fields[2], 16) == 0:
            return int(fields[0].split("-")[0], 16)
    raise RuntimeError("%s is not mapped" % binary)


for setting in ("pagination off", "debuginfod enabled off", "style enabled off", "language c", "width 0"):
    gdb.execute("set " + setting)
questions = json.load(open(os.environ["QUESTIONS"]))
first = min((start for question in questions for start, _ in question["ranges"]), default=0)
answers = [guarded(without_running, question) for question in questions]
if None in answers:
    gdb.execute("starti", to_string=True)
    # The segment with offset 0 lies where the file's address 0 is, if it is to be relocated at all.
    at = loaded_at(os.path.realpath(gdb.current_progspace().filename))
    slide = at if function_blocks(first) == [] else 0
    answers = [guarded(in_frame, question, slide) if answer is None else answer for question, answer in zip(questions, answers)]
with open(os.environ["ANSWERS"], "w") as out:
    json.dump(answers, out)

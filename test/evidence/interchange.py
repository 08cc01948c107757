"""Reads a STIX bundle or a MISP event with the validators of those who define them.

usage: interchange.py stix|misp FILE
Writes one JSON object {"problems": [...], "objects": [type or name of each]}. Needs stix2-validator and pymisp.
"""

import json
import sys

kind, path = sys.argv[1:]
problems = []
if kind == "stix":
    from stix2validator import ValidationOptions, validate_file

    result = validate_file(path, ValidationOptions(version="2.1", enforce_refs=True))
    problems = [str(error) for error in result.object_results[0].errors] if result.object_results else [str(result)]
    problems += [str(error) for report in result.object_results for error in report.errors]
    with open(path, encoding="utf-8") as file:
        objects = [one["type"] for one in json.load(file)["objects"]]
else:
    from pymisp import MISPEvent, MISPObject

    event = MISPEvent()
    event.load_file(path, validate=True)
    objects = [one.name for one in event.objects]
    for one in event.objects:
        # The template of the same name says which relations there are, of which type, and which of them are needed.
        template = MISPObject(one.name, strict=True)
        if (template.template_uuid, template["meta-category"]) != (one.template_uuid, one["meta-category"]):
            problems.append(f"{one.name}: not that template")
        for attribute in one.attributes:
            try:
                made = template.add_attribute(attribute.object_relation, value=attribute.value)
                if made is None or (made.type, made.category) != (attribute.type, attribute.category):
                    problems.append(f"{one.name}.{attribute.object_relation}: {attribute.type} {attribute.category}, not {made and (made.type, made.category)}")
            except Exception as cause:
                problems.append(f"{one.name}.{attribute.object_relation}: {cause}")
        template.to_dict(strict=True)
        known = {other.uuid for other in event.objects}
        problems += [f"{one.name}: refers to {ref.referenced_uuid}" for ref in one.ObjectReference if ref.referenced_uuid not in known]
print(json.dumps({"problems": problems, "objects": objects}))

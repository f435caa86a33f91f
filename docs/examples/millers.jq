# Turns a café's menu as its website keeps it into ours:
#
#   jq -f docs/examples/millers.jq their-menu.json > menu.json
#   counterflow import menu menu.json
#
# Theirs is a list of {name, source, items: [{name, basePrice, modifierGroups: [{name, isRequired,
# isTextInput, selectionType: "single" or "multiple", maxSelections, options: [{name,
# priceAdjustment}]}]}]}. Items get codes by their place (the third item of the second category is
# 203); groups that are alike become one; a group of free text is a note at the till, and no group.

# A group in our words, without its code.
def group:
  { name,
    min: (if .isRequired then 1 else 0 end),
    max: (if .selectionType == "single" then 1 else .maxSelections // 0 end),
    options: [.options[] | {name, price: .priceAdjustment}] };

def groups: [.modifierGroups[] | select(.isTextInput | not) | group];

([.[].items[] | groups[]] | unique | to_entries | map({code: "g\(.key + 1)"} + .value)) as $groups
| ($groups | map({key: (del(.code) | tojson), value: .code}) | from_entries) as $code_of
| { format: "counterflow-menu/1",
    currency: "GBP",
    categories: [to_entries[] | {
      code: "c\(.key + 1)",
      name: .value.name,
      department: (if .value.source == "drinks" then "Drinks" else "Food" end),
      tax_class: (if .value.source == "drinks" then "standard" else "food" end),
      stations: [if .value.source == "drinks" then "bar" else "kitchen" end] }],
    groups: $groups,
    items: [to_entries[] | (.key + 1) as $page | .value.items | to_entries[] | .key as $place | .value
      # What costs nothing, whatever is chosen (tap water), is sold at a price that the cashier
      # types: nothing leaves the till at zero by a slip of the finger.
      | (.basePrice == 0 and ([groups[].options[].price] | add // 0) == 0) as $open
      | { code: "\($page * 100 + $place + 1)", name, category: "c\($page)" }
        + (if $open then {open: {min: "0.10", max: "20.00"}} else {price: .basePrice} end)
        + {groups: [groups[] | $code_of[tojson]]}] }

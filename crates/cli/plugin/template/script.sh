#!/bin/sh
# {{name}}: a data source for haggle as a script.
#
#   haggle plugin test ./{{name}}.sh --allow-level script --input stdin:=sample.csv
#   haggle plugin add ./{{name}}.sh --allow-level script
#   haggle import --plugin {{name}} < sample.csv
#
# It reads lines `title,amount` below a header on its standard input and states each as a list price,
# one JSON object a line. What it is told stands in HAGGLE_REQUEST, as {"config": {...}}. It can
# neither write nor start another program, so it makes do with what its interpreter can.
#
# /// haggle
# manifest = 1
# name     = "{{name}}"
# version  = "0.1.0"
# abi      = "1.0"
# summary  = "List prices, line by line"
#
# [permissions]
# inputs = ["stdin"]
#
# [config_schema]
# type = "object"
# additionalProperties = false
# ///
set -eu

number=0

fail() {
    echo "line $number: $1" >&2
    exit 1
}

while IFS= read -r line || [ -n "$line" ]; do
    number=$((number + 1))
    if [ "$number" -eq 1 ] || [ -z "$line" ]; then continue; fi
    case $line in
        *[\"\\]*) fail 'found a quotation mark or a backslash, expected neither' ;;
        *?,?*) ;;
        *) fail 'expected `title,amount`' ;;
    esac
    printf '{"row":%d,"column":2,"kind":"price","basis":"list","title":"%s","amount":"%s","currency":"EUR","per":"EA"}\n' \
        "$number" "${line%,*}" "${line##*,}"
done

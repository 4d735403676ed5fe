# Writes what the drivers of Go are built with: packages.go, the list of packages of the SDK, from packages.json. A driver sets
# own_product, create (the function that makes a client) and makers_of (IMPORT NUMBER: prints the functions that make a
# request, by operation).

# NAME: each product that a package is for, and the version of its API.
products_of() {
    if [ -f packages.json ]; then
        sed -n "s|^ *\"\(.*\)/\([0-9-]*\)\": \"$1\",*\$|\1 \2|p" packages.json
    else
        echo "$own_product"
    fi
}

# NAME=IMPORT...: the first stands for the SDK.
write_packages() {
    {
        printf 'package main\n\nimport (\n\t"reflect"\n\n'
        number=0
        for each; do
            printf '\tpackage%s "%s"\n' "$number" "${each#*=}"
            number=$((number + 1))
        done
        printf ')\n\nvar packages = []sdkPackage{\n'
        number=0
        for each; do
            products_of "${each%%=*}" | while read -r product version; do
                printf '\t{"%s", "%s", reflect.TypeFor[*package%s.Client](), package%s.%s, map[string]func() any{\n' \
                    "$product" "$version" "$number" "$number" "$create"
                makers_of "${each#*=}" "$number"
                printf '\t}},\n'
            done
            number=$((number + 1))
        done
        printf '}\n'
    } >packages.go
}

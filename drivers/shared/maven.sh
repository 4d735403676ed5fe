# Builds a driver of Java in this folder with Maven. What is in pom.xml between the two marks is what is locked.

mv ./*.java src/main/java/driver/

build() {
    mvn -q -B -Dstyle.color=never compiler:compile dependency:copy-dependencies
}

build_locked() {
    build
    (cd target/lib && sha256sum -- *.jar) | diff jars.sha256 - || {
        echo "what Maven installed is not what jars.sha256 locks" >&2
        exit 1
    }
}

# NAME@VERSION...: in the place of what is locked. Of two versions at the same depth Maven takes the first.
build_with() {
    {
        sed '/<!-- locked:/,$d' pom.xml
        echo '  <dependencies>'
        for package; do
            name=${package%@*}
            printf '    <dependency><groupId>%s</groupId><artifactId>%s</artifactId><version>%s</version></dependency>\n' \
                "${name%%:*}" "${name#*:}" "${package##*@}"
        done
        echo '  </dependencies>'
        sed '1,/<!-- locked: end -->/d' pom.xml
    } >pom.xml.new
    mv pom.xml.new pom.xml
    build
}

# PACKAGE:VERSION OTHER: the version, or the range of versions, of another package that a package asks for.
asked_by() {
    mvn -q -B -Dstyle.color=never dependency:copy -Dartifact="$1:pom" -DoutputDirectory=target/asked >&2
    tr -d '\r' <target/asked/*.pom | sed -n "/<artifactId>${2#*:}</,/<\/dependency>/s|.*<version>\(.*\)</version>.*|\1|p"
}

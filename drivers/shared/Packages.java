package driver;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.jar.JarFile;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The packages of the SDK that are installed, each with the product that it is for. */
final class Packages {
    /** Maven names a jar ARTIFACT-VERSION.jar. */
    private static final Pattern JAR = Pattern.compile("(.+?)-([0-9].*)[.]jar");

    /** Written when the driver is installed for other products than its own. */
    private static final Path TABLE = Path.of("packages.json");

    /** A package of Maven, and the jar that it is. */
    record Library(String name, String version, Path jar) {
        /** Finds the jar of a package among those of the class path. */
        static Library named(String name) {
            String artifact = name.substring(name.indexOf(':') + 1);
            for (String entry : System.getProperty("java.class.path").split(Pattern.quote(File.pathSeparator))) {
                Path jar = Path.of(entry);
                Matcher parts = JAR.matcher(jar.getFileName().toString());
                if (parts.matches() && parts.group(1).equals(artifact)) {
                    return new Library(name, parts.group(2), jar);
                }
            }
            throw new IllegalStateException("no jar of " + name + " is installed");
        }

        /** Finds the first entry of the jar that has a form, such as a class. */
        Optional<MatchResult> entry(Pattern form) {
            try (JarFile file = new JarFile(jar.toFile())) {
                return file.stream()
                        .map(entry -> form.matcher(entry.getName()))
                        .filter(Matcher::matches)
                        .map(Matcher::toMatchResult)
                        .findFirst();
            } catch (IOException exception) {
                throw new IllegalStateException("cannot read " + jar, exception);
            }
        }

        JsonObject described() {
            JsonObject described = new JsonObject();
            described.addProperty("name", name);
            described.addProperty("version", version);
            return described;
        }
    }

    /** A product, the version of its API, such as {@code 2016-04-28}, and the package that is for it. */
    record Api(String product, String version, Library library) {
        private static Api parse(String product, String name) {
            String[] parts = product.split("/", 2);
            return new Api(parts[0], parts[1], Library.named(name));
        }
    }

    private final Library sdk;
    private final List<Api> apis;

    private Packages(Library sdk, List<Api> apis) {
        this.sdk = sdk;
        this.apis = apis;
    }

    /**
     * Reads what is installed: the packages of the table, or the driver's own where there is no table.
     *
     * @throws IOException when the table cannot be read
     */
    static Packages read(String ownProduct, String ownPackage) throws IOException {
        if (!Files.exists(TABLE)) {
            Api own = Api.parse(ownProduct, ownPackage);
            return new Packages(own.library(), List.of(own));
        }
        JsonObject table = new Gson().fromJson(Files.readString(TABLE, StandardCharsets.UTF_8), JsonObject.class);
        String sdk = table.get("sdk").getAsString();
        List<Api> apis = new ArrayList<>();
        for (Map.Entry<String, JsonElement> line : table.getAsJsonObject("products").entrySet()) {
            Api api = Api.parse(line.getKey(), line.getValue().getAsString());
            apis.add(api.library().name().equals(sdk) ? 0 : apis.size(), api);
        }
        return new Packages(Library.named(sdk), apis);
    }

    /** The package that stands for the SDK. */
    Library sdk() {
        return sdk;
    }

    /**
     * Finds what serves a product; that of the SDK when it is left out.
     *
     * @throws UnsupportedParameterException when no package of the product, or of this version, is installed
     */
    Api find(String product, String version) throws UnsupportedParameterException {
        List<Api> found = apis.stream()
                .filter(api -> product == null
                        ? api.library().name().equals(sdk.name())
                        : api.product().equalsIgnoreCase(product))
                .toList();
        if (found.isEmpty()) {
            throw new UnsupportedParameterException(product + (version == null ? "" : " " + version), "product");
        }
        return found.stream()
                .filter(api -> version == null || api.version().equals(version))
                .findFirst()
                .orElseThrow(() -> new UnsupportedParameterException("Version", "action"));
    }
}

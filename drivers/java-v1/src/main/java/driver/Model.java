package driver;

import com.aliyuncs.AcsRequest;
import com.aliyuncs.RpcAcsRequest;
import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the setters of a request class write. The class does not tell its names on the wire: each setter is called with one value
 * at a time, which shows them.
 */
final class Model {
    private static final Pattern NUMBERED = Pattern.compile("[.]([1-9][0-9]*)(?=[.]|$)");
    private static final Pattern PLACE = Pattern.compile("\\[[0-9]+\\]");
    private static final Map<Class<?>, Model> KNOWN = new ConcurrentHashMap<>();
    private static final Gson JSON = new Gson();

    /** Of every type that a leaf may have: what it is called with. */
    private static final Map<Class<?>, Object> SAMPLES = Map.of(
            String.class, "sample", Integer.class, 1, Long.class, 1L, Float.class, 1f, Double.class, 1d, Boolean.class, true);

    private static final String REGION = "RegionId";
    private static final String KEY = "key";

    private final Map<String, Leaf> leaves = new LinkedHashMap<>();

    private Model(Class<? extends AcsRequest<?>> type) throws ReflectiveOperationException {
        for (Method setter : Leaf.setters(type)) {
            List<Leaf> found = new ArrayList<>();
            Leaf.collect(setter.getGenericParameterTypes()[0], List.of(new Leaf.Step(setter)), found);
            for (Leaf leaf : found) {
                path(type, leaf).ifPresent(path -> leaves.putIfAbsent(path, leaf.at(path)));
            }
        }
        if (RpcAcsRequest.class.isAssignableFrom(type)) {
            // The one parameter that all requests have from their base: it travels like the others.
            Method setter = Sdk.setter(type, REGION);
            leaves.putIfAbsent(REGION, new Leaf(REGION, List.of(new Leaf.Step(setter)), String.class));
        }
    }

    static Model of(Class<? extends AcsRequest<?>> type) throws ReflectiveOperationException {
        Model known = KNOWN.get(type);
        if (known == null) {
            known = new Model(type);
            KNOWN.put(type, known);
        }
        return known;
    }

    /** Finds the path of a value on the wire; nothing when its setter writes no parameter. */
    private static Optional<String> path(Class<? extends AcsRequest<?>> type, Leaf leaf)
            throws ReflectiveOperationException {
        AcsRequest<?> request = type.getConstructor().newInstance();
        Map<String, String> before = written(request);
        Values values = new Values();
        Object sample = leaf.isFree() ? Map.of(KEY, "sample") : SAMPLES.get(leaf.type());
        values.put(leaf.steps(), Collections.nCopies(leaf.steps().size(), 0), sample);
        try {
            values.apply(request);
        } catch (InvocationTargetException exception) {
            return Optional.empty(); // a caller could not use it either
        }
        Map<String, String> after = written(request);
        after.entrySet().removeAll(before.entrySet());
        return after.entrySet().stream().map(entry -> folded(entry.getKey(), entry.getValue(), leaf)).findFirst();
    }

    /** All that a request has to send. */
    private static Map<String, String> written(AcsRequest<?> request) throws ReflectiveOperationException {
        Map<String, String> all = new LinkedHashMap<>();
        for (String place : List.of("Query", "Body", "Domain")) {
            for (Method method : AcsRequest.class.getMethods()) {
                if (method.getName().equals("get" + place + "Parameters")) {
                    ((Map<?, ?>) method.invoke(request)).forEach((name, value) -> all.put(name.toString(), "" + value));
                }
            }
        }
        return all;
    }

    private static String folded(String name, String value, Leaf leaf) {
        long lists = leaf.items();
        StringBuilder path = new StringBuilder();
        Matcher number = NUMBERED.matcher(name);
        while (number.find()) {
            String place = lists-- > 0 ? "[]" : "[" + (Integer.parseInt(number.group(1)) - 1) + "]";
            number.appendReplacement(path, Matcher.quoteReplacement(place));
        }
        number.appendTail(path);
        if (leaf.steps().size() > 1 && (value.startsWith("{") || value.startsWith("["))) {
            lists -= inside(JSON.fromJson(value, JsonElement.class), path);
        }
        if (leaf.isFree() && path.toString().endsWith("." + KEY)) {
            path.setLength(path.length() - KEY.length() - 1);
        }
        // A list that is sent as one text.
        return path + "[]".repeat((int) Math.max(0, lists));
    }

    /** Appends the path of the one value in what is written as JSON; returns the number of lists on it. */
    private static long inside(JsonElement json, StringBuilder path) {
        if (json.isJsonArray() && !json.getAsJsonArray().isEmpty()) {
            return 1 + inside(json.getAsJsonArray().get(0), path.append("[]"));
        }
        if (json.isJsonObject() && json.getAsJsonObject().entrySet().size() == 1) {
            Map.Entry<String, JsonElement> member = json.getAsJsonObject().entrySet().iterator().next();
            return inside(member.getValue(), path.append('.').append(member.getKey()));
        }
        return 0;
    }

    JsonArray fields() {
        JsonArray listed = new JsonArray();
        List<String> told = new ArrayList<>();
        for (Leaf leaf : leaves.values()) {
            String path = PLACE.matcher(leaf.path()).replaceAll("[]");
            if (!told.contains(path)) {
                told.add(path);
                JsonObject field = new JsonObject();
                field.addProperty("path", path);
                field.addProperty("type", leaf.jsonType());
                field.addProperty("required", (Boolean) null);
                listed.add(field);
            }
        }
        return listed;
    }

    /**
     * Returns what is to be set for the parameters of a call.
     *
     * @throws UnsupportedParameterException when there is no setter for a parameter, or its type cannot hold the value
     */
    Values values(JsonObject params) throws UnsupportedParameterException {
        Values values = new Values();
        for (Map.Entry<String, JsonElement> param : params.entrySet()) {
            add(values, param.getKey(), List.of(), param.getValue());
        }
        return values;
    }

    private void add(Values values, String path, List<Integer> places, JsonElement value)
            throws UnsupportedParameterException {
        if (value.isJsonNull()) {
            return;
        }
        String folded = PLACE.matcher(path).replaceAll("[]");
        Leaf leaf = leaves.getOrDefault(folded, leaves.get(path));
        if (leaf != null && (value.isJsonPrimitive() || leaf.isFree() && value.isJsonObject())) {
            values.put(leaf.steps(), places, converted(leaf, value, folded));
        } else if (leaf == null && value.isJsonObject() && below(path, ".").isPresent()) {
            if (value.getAsJsonObject().entrySet().isEmpty()) {
                begin(values, path, places, ".");
            }
            for (Map.Entry<String, JsonElement> member : value.getAsJsonObject().entrySet()) {
                add(values, path + "." + member.getKey(), places, member.getValue());
            }
        } else if (leaf == null && value.isJsonArray() && below(path, "[").isPresent()) {
            if (value.getAsJsonArray().isEmpty()) {
                begin(values, path, places, "[");
            }
            for (int place = 0; place < value.getAsJsonArray().size(); place++) {
                List<Integer> further = new ArrayList<>(places);
                further.add(place);
                add(values, path + "[" + place + "]", further, value.getAsJsonArray().get(place));
            }
        } else {
            boolean known = leaf != null || below(path, ".").isPresent() || below(path, "[").isPresent();
            throw new UnsupportedParameterException(folded, known ? "type" : "unknown");
        }
    }

    /** A value that is set below a path, if there is one. */
    private Optional<Leaf> below(String path, String next) {
        String folded = PLACE.matcher(path).replaceAll("[]");
        return leaves.values().stream()
                .filter(leaf -> leaf.path().startsWith(folded + next) || leaf.path().startsWith(path + next))
                .findFirst();
    }

    /** Sets an empty list or structure where the SDK has an object for it. */
    private void begin(Values values, String path, List<Integer> places, String next) {
        Leaf leaf = below(path, next).orElseThrow();
        int lists = places.size();
        int length = 0;
        for (Leaf.Step step : leaf.steps()) {
            if (step.setter() == null && lists-- == 0) {
                break;
            }
            length++;
        }
        if (next.equals("[") && length < leaf.steps().size()) {
            values.at(leaf.steps().subList(0, length), places);
        }
    }

    private static Object converted(Leaf leaf, JsonElement value, String path) throws UnsupportedParameterException {
        if (value.isJsonObject()) {
            return JSON.fromJson(value, Map.class);
        }
        if (leaf.type() instanceof Class<?> scalar) {
            return Scalars.convert(scalar, value.getAsJsonPrimitive(), path);
        }
        throw new UnsupportedParameterException(path, "type");
    }
}

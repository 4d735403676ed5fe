package driver;

import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * One value that a caller can set in a request.
 *
 * @param path its path on the wire: {@code Tag[].Key}; {@code Tag[0].Key} where each entry of a list has a setter
 * @param steps the way to it: a setter of the request, then setters of what is inside, and items of lists
 * @param type what the last setter takes
 */
record Leaf(String path, List<Step> steps, Type type) {
    /** How deep structures are looked into: none is as deep, but one that holds itself would be without end. */
    private static final int DEEPEST = 10;

    /** A setter; without one, an item of a list. */
    record Step(Method setter) {
        static final Step ITEM = new Step(null);
    }

    /** Lists the values below a type, whose paths on the wire are not known yet. */
    static void collect(Type type, List<Step> steps, List<Leaf> found) {
        if (isList(type)) {
            collect(itemType(type), with(steps, Step.ITEM), found);
        } else if (isMap(type) || type instanceof Class<?> scalar && Scalars.jsonType(scalar) != null) {
            found.add(new Leaf("", steps, type));
        } else if (type instanceof Class<?> structure && steps.size() < DEEPEST) {
            for (Method setter : setters(structure)) {
                collect(setter.getGenericParameterTypes()[0], with(steps, new Step(setter)), found);
            }
        }
    }

    /** The setters that a class declares itself, by name. */
    static List<Method> setters(Class<?> type) {
        return Arrays.stream(type.getDeclaredMethods())
                .filter(method -> method.getName().startsWith("set") && method.getParameterCount() == 1)
                .filter(method -> !method.isSynthetic())
                .sorted(Comparator.comparing(Method::getName))
                .toList();
    }

    private static List<Step> with(List<Step> steps, Step next) {
        List<Step> longer = new ArrayList<>(steps);
        longer.add(next);
        return List.copyOf(longer);
    }

    Leaf at(String wirePath) {
        return new Leaf(wirePath, steps, type);
    }

    boolean isFree() {
        return isMap(type);
    }

    /** The number of lists on the way. */
    long items() {
        return steps.stream().filter(Step.ITEM::equals).count();
    }

    String jsonType() {
        return type instanceof Class<?> scalar ? Scalars.jsonType(scalar) : "object";
    }

    static boolean isList(Type type) {
        return type instanceof ParameterizedType list && list.getRawType() == List.class;
    }

    static Type itemType(Type list) {
        return ((ParameterizedType) list).getActualTypeArguments()[0];
    }

    private static boolean isMap(Type type) {
        return (type instanceof ParameterizedType map ? map.getRawType() : type) == Map.class;
    }
}

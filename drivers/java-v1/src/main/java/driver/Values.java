package driver;

import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What is to be set of a request, or of a part of it, before there are objects of the SDK for it. */
final class Values {
    private final Map<Method, Values> members = new LinkedHashMap<>();
    private final Map<Integer, Values> items = new TreeMap<>();
    private Object value;

    /** Sets the value at the end of a way, whose lists are entered at the given places. */
    void put(List<Leaf.Step> steps, List<Integer> places, Object set) {
        at(steps, places).value = set;
    }

    /** Makes sure that there is something at the end of a way: an empty list, or an empty structure. */
    Values at(List<Leaf.Step> steps, List<Integer> places) {
        Values reached = this;
        int list = 0;
        for (Leaf.Step step : steps) {
            reached = step.setter() == null
                    ? reached.items.computeIfAbsent(places.get(list++), place -> new Values())
                    : reached.members.computeIfAbsent(step.setter(), setter -> new Values());
        }
        return reached;
    }

    /**
     * Calls the setters of a request, or of a structure inside it.
     *
     * @throws ReflectiveOperationException when a setter, or the class of a structure, fails
     */
    void apply(Object target) throws ReflectiveOperationException {
        for (Map.Entry<Method, Values> member : members.entrySet()) {
            Method setter = member.getKey();
            setter.invoke(target, member.getValue().made(setter.getGenericParameterTypes()[0]));
        }
    }

    private Object made(Type type) throws ReflectiveOperationException {
        if (value != null) {
            return value;
        }
        if (Leaf.isList(type)) {
            List<Object> list = new ArrayList<>();
            for (Values item : items.values()) {
                list.add(item.made(Leaf.itemType(type)));
            }
            return list;
        }
        Object structure = ((Class<?>) type).getConstructor().newInstance();
        apply(structure);
        return structure;
    }
}

package driver;

/** A parameter that the SDK has no way to carry: nothing is sent. */
final class UnsupportedParameterException extends Exception {
    private static final long serialVersionUID = 1;

    private final String parameter;
    private final String why;

    /**
     * @param parameter its path in folded form, such as {@code Tag[].Key}
     * @param why {@code unknown}, {@code type}, {@code action} or {@code product}
     */
    UnsupportedParameterException(String parameter, String why) {
        super("the SDK cannot carry " + parameter + ": " + why);
        this.parameter = parameter;
        this.why = why;
    }

    String parameter() {
        return parameter;
    }

    String why() {
        return why;
    }
}

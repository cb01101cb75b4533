namespace Dragoman.Protocols.JsonSchema;

/// <summary>Which part of JSON Schema a provider takes where it binds the model to a schema (answer formats, strict tools).</summary>
internal sealed record StrictRules
{
    /// <summary>The key under which rewritten schemas are remembered, and the provider's name for reports.</summary>
    public required SchemaDialect Dialect { get; init; }

    /// <summary>The keywords that are taken beside those that shape every schema (type, properties, items, anyOf, enum, …).</summary>
    public required IReadOnlySet<string> Keywords { get; init; }

    /// <summary>The formats of strings that are taken.</summary>
    public required IReadOnlySet<string> Formats { get; init; }

    /// <summary>Whether properties may be left out of <c>required</c>.</summary>
    public bool OptionalProperties { get; init; }

    /// <summary>Whether references, circular ones too, may stay.</summary>
    public bool References { get; init; }

    /// <summary>Whether <c>const</c> is sent as such; an <c>enum</c> of one value is known everywhere.</summary>
    public bool Constants { get; init; }

    /// <summary>
    /// Whether a schema that cannot be said exactly may still be sent, with the rest in words. Anthropic always binds an answer to its schema, so
    /// a narrower one is better than none; OpenAI takes any schema as a hint where <c>strict</c> is false.
    /// </summary>
    public bool Approximates { get; init; }

    /// <summary>How deep objects and lists may nest.</summary>
    public int MaxNesting { get; init; } = int.MaxValue;

    /// <summary>
    /// Anthropic's structured outputs and strict tools, and Bedrock's, which takes the same: every object closed, <c>minItems</c> of 0 or 1,
    /// no bounds. What is not taken goes into the description, as Anthropic's own SDK does (<c>transform_schema</c> of anthropic-sdk-python;
    /// platform.claude.com "Structured outputs"; docs.aws.amazon.com/bedrock "structured-output").
    /// </summary>
    public static StrictRules Anthropic { get; } = new()
    {
        Dialect = new() { Name = "Anthropic" },
        Keywords = new HashSet<string>(StringComparer.Ordinal) { "title" },
        Formats = new HashSet<string>(StringComparer.Ordinal) { "date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid" },
        OptionalProperties = true,
        Approximates = true,
    };

    /// <summary>
    /// OpenAI's <c>strict: true</c>: every property required, every object closed, an object at the root (platform.openai.com "Structured
    /// Outputs", Supported schemas).
    /// </summary>
    public static StrictRules OpenAi { get; } = new()
    {
        Dialect = new() { Name = "OpenAI" },
        Keywords = new HashSet<string>(StringComparer.Ordinal)
        {
            "title", "pattern", "multipleOf", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minItems", "maxItems", "$schema", "$id", "$comment",
        },
        Formats = new HashSet<string>(StringComparer.Ordinal) { "date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid" },
        References = true,
        Constants = true,
        MaxNesting = 10,
    };
}

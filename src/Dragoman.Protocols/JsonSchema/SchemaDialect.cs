namespace Dragoman.Protocols.JsonSchema;

/// <summary>What an upstream takes of JSON Schema. <see cref="SchemaCleaner"/> brings any schema into a dialect.</summary>
public sealed record SchemaDialect
{
    /// <summary>Who speaks it, as losses name it.</summary>
    public required string Name { get; init; }

    /// <summary>Whether only the documented subset is known (Gemini), and everything else must go or be said in words.</summary>
    public bool IsSubset { get; init; }

    /// <summary>Whether <c>additionalProperties</c> with a boolean is left out.</summary>
    public bool DropsClosedObjects { get; init; }

    /// <summary>
    /// Gemini's function parameters and response schemas: the keywords that the API reference lists, one type a schema with
    /// <c>nullable</c> beside it, alternatives as <c>anyOf</c>, enums of strings, no references.
    /// </summary>
    public static SchemaDialect Gemini { get; } = new() { Name = "Gemini", IsSubset = true, DropsClosedObjects = true };

    /// <summary>
    /// Bedrock's tool input schemas: JSON Schema whose root is a plain object (no combinators there), without references and without
    /// annotations such as <c>$schema</c>.
    /// </summary>
    public static SchemaDialect Bedrock { get; } = new() { Name = "Bedrock" };
}

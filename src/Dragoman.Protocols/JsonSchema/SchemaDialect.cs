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

    /// <summary>Whether <c>additionalProperties</c> is left out, also where it is a schema.</summary>
    public bool DropsAdditionalProperties { get; init; }

    /// <summary>Whether a schema has one type, so that a list of types becomes one without <c>null</c> or alternatives of one type each.</summary>
    public bool HasOneType { get; init; }

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

    /// <summary>
    /// Tools of Kiro's service (CodeWhisperer): as Bedrock's, and without <c>additionalProperties</c>, which spoils the whole request
    /// (jwadow/kiro-gateway issues 5 and 41).
    /// </summary>
    public static SchemaDialect CodeWhisperer { get; } = new() { Name = "Kiro", DropsClosedObjects = true, DropsAdditionalProperties = true, HasOneType = true };
}

using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Conversation;

/// <summary>The shape the answer's text shall have.</summary>
public enum OutputKind
{
    /// <summary>Free text.</summary>
    Text,

    /// <summary>Any JSON object.</summary>
    Json,

    /// <summary>JSON that matches <see cref="OutputFormat.Schema"/>.</summary>
    JsonSchema,
}

/// <summary>The shape the answer's text shall have.</summary>
public sealed class OutputFormat
{
    /// <summary>Text, JSON, or JSON of a schema.</summary>
    public OutputKind Kind { get; init; }

    /// <summary>The schema's name, or null.</summary>
    public string? Name { get; init; }

    /// <summary>The schema's description, or null.</summary>
    public string? Description { get; init; }

    /// <summary>The schema as it stood; empty unless <see cref="Kind"/> is <see cref="OutputKind.JsonSchema"/>.</summary>
    public JsonSlice Schema { get; init; }

    /// <summary>Whether the schema binds strictly; null where unsaid.</summary>
    public bool? Strict { get; init; }
}

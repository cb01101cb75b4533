using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dragoman.Protocols.Json;

namespace Dragoman.Server.Surfaces.Abstractions;

/// <summary>Reads members of bodies: what is not of the kind that is asked for is as if it were not there.</summary>
internal static class BodyMembers
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>The object that a body is; null for one that is none.</summary>
    public static JsonObject? Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonNode.Parse(body.Span, documentOptions: Strict) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A body with members before its own.</summary>
    /// <param name="body">An object.</param>
    /// <param name="members">The members, with commas between them and none behind.</param>
    /// <param name="hasOthers">Whether the body has members of its own.</param>
    /// <returns>The whole body in a buffer of its own, which the caller gives back.</returns>
    public static PooledBuffer Prepend(ReadOnlySpan<byte> body, string members, bool hasOthers)
    {
        var whole = new PooledBuffer(body.Length + 64);
        var start = body.IndexOf((byte)'{') + 1;
        whole.Write(body[..start]);
        whole.Write(Encoding.UTF8.GetBytes(members));
        if (hasOthers) whole.Write(","u8);
        whole.Write(body[start..]);
        return whole;
    }

    extension(JsonObject body)
    {
        /// <summary>A text; null for none.</summary>
        public string? Text(string name) => body[name] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

        /// <summary>A number; null for none.</summary>
        public double? Number(string name) => body[name] is JsonValue value && value.GetValueKind() == JsonValueKind.Number && double.TryParse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

        /// <summary>A truth value; null for none.</summary>
        public bool? Flag(string name) => body[name]?.GetValueKind() switch { JsonValueKind.True => true, JsonValueKind.False => false, _ => null };
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;

namespace Dragoman.Server.Surfaces.Abstractions;

/// <summary>Reads members of bodies: what is not of the kind that is asked for is as if it were not there.</summary>
internal static class BodyMembers
{
    extension(JsonObject body)
    {
        /// <summary>A text; null for none.</summary>
        public string? Text(string name) => body[name] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

        /// <summary>A number; null for none.</summary>
        public double? Number(string name) => body[name] is JsonValue value && value.GetValueKind() == JsonValueKind.Number && value.TryGetValue(out double number) ? number : null;

        /// <summary>A truth value; null for none.</summary>
        public bool? Flag(string name) => body[name]?.GetValueKind() switch { JsonValueKind.True => true, JsonValueKind.False => false, _ => null };
    }
}

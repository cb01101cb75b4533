using System.Text.Json.Serialization;

namespace Dragoman.Wire.OpenAiResponses;

/// <summary>Spells single strings as JSON, off the hot path.</summary>
[JsonSerializable(typeof(string))]
internal sealed partial class ResponsesJson : JsonSerializerContext;

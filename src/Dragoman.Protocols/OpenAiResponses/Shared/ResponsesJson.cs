using System.Text.Json.Serialization;

namespace Dragoman.Protocols.OpenAiResponses.Shared;

/// <summary>Spells single strings as JSON, off the hot path.</summary>
[JsonSerializable(typeof(string))]
internal sealed partial class ResponsesJson : JsonSerializerContext;

using System.Text.Json.Serialization;

namespace Dragoman.Server.Surfaces.Kiro;

/// <summary>The single values that this surface turns into JSON by themselves.</summary>
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(System.Text.Json.Nodes.JsonObject))]
internal sealed partial class KiroJson : JsonSerializerContext;

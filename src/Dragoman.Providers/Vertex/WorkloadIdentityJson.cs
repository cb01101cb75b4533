using System.Text.Json.Serialization;

namespace Dragoman.Providers.Vertex;

/// <summary>How identities are kept.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(WorkloadIdentity))]
internal sealed partial class WorkloadIdentityJson : JsonSerializerContext;

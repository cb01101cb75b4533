using System.Text.Json;
using System.Text.Json.Serialization;

namespace Dragoman.Server.Management;

/// <summary>The JSON of the management API, for the routes and for the commands that ask them.</summary>
internal static class ManagementJson
{
    public static JsonSerializerOptions Options { get; } = Configured(new JsonSerializerOptions());

    public static JsonSerializerOptions Configured(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.NumberHandling = JsonNumberHandling.Strict;
        // A misspelt member is an error, not a wish unheard.
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        if (!options.Converters.Any(converter => converter is JsonStringEnumConverter)) options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower));
        return options;
    }
}

using System.Text.Json.Nodes;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Settings;

namespace Dragoman.Gateway.Configuration.Schema;

/// <summary>The JSON Schema of <c>config.yaml</c>, for editors and forms.</summary>
public static class ConfigSchema
{
    /// <summary>The media type of a schema.</summary>
    public const string MediaType = "application/schema+json";

    /// <summary>The text of the schema.</summary>
    /// <param name="providers">The providers whose accounts the file may list.</param>
    public static string TextOf(ProviderRegistry providers)
    {
        var schema = JsonSchemaDocument.From("Dragoman: config.yaml", ConfigFields.Describe(providers), UnsupportedSettings.TopLevel);
        // What a form is made of, which validators leave alone: each key says its part by x-section.
        schema["x-sections"] = new JsonArray([.. ConfigSections.All.Select(static section => (JsonNode)section)]);
        return JsonSchemaDocument.TextOf(schema);
    }
}

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
        => JsonSchemaDocument.TextOf(JsonSchemaDocument.From("Dragoman: config.yaml", ConfigFields.Describe(providers), UnsupportedSettings.TopLevel));
}

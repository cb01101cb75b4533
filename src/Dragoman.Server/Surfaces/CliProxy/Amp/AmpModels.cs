using System.Text.RegularExpressions;
using Dragoman.Gateway.Configuration;
using Router = Dragoman.Gateway.Routing.Router;

namespace Dragoman.Server.Surfaces.CliProxy.Amp;

/// <summary>
/// Who answers for a model that Amp asks for (wire note cliproxyapi 6.14): an account here that serves it, else the model that a mapping names if it is served here, else Amp itself.
/// With <c>force-model-mappings</c> mappings come first. A suffix for reasoning (<c>model(high)</c>) stays on the name.
/// </summary>
internal sealed partial class AmpModels(Router router, Func<GatewayConfig> config)
{
    /// <summary>The name to serve a request by here; null where Amp shall answer.</summary>
    public string? Find(string model)
    {
        var options = config().Amp;
        if (options.ForceMappings) return Mapped(options, model) ?? (router.Serves(model) ? model : null);
        return router.Serves(model) ? model : Mapped(options, model);
    }

    private string? Mapped(AmpOptions options, string model)
    {
        var suffix = Suffix().Match(model) is { Success: true } match ? match.Value : "";
        var name = model[..^suffix.Length];
        // Names that are meant as they stand come before expressions.
        foreach (var mapping in options.ModelMappings.OrderBy(one => one.Pattern is not null))
        {
            if (!mapping.Fits(name)) continue;
            var target = Suffix().IsMatch(mapping.To) ? mapping.To : mapping.To + suffix;
            if (router.Serves(target)) return target;
        }

        return null;
    }

    [GeneratedRegex(@"\([^()]*\)$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Suffix();
}

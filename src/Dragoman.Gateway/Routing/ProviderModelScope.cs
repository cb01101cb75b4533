using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Catalog;
using Dragoman.Protocols.BedrockConverse.Upstream;

namespace Dragoman.Gateway.Routing;

/// <summary>Which names an account that was configured without models takes: those that its provider is known to serve.</summary>
internal sealed class ProviderModelScope
{
    private static readonly (string Host, string Vendor)[] Hosts =
    [
        ("api.openai.com", "openai"), ("api.anthropic.com", "anthropic"), ("generativelanguage.googleapis.com", "google"), ("api.deepseek.com", "deepseek"),
        ("api.mistral.ai", "mistral"), ("api.x.ai", "xai"), ("api.moonshot.ai", "moonshot"), ("api.moonshot.cn", "moonshot"), ("api.z.ai", "zai"),
        ("open.bigmodel.cn", "zai"), ("dashscope.aliyuncs.com", "qwen"), ("dashscope-intl.aliyuncs.com", "qwen"), ("api.minimax.io", "minimax"),
    ];

    private readonly bool _bedrock;
    private readonly bool _spellsClaude;

    private ProviderModelScope(string? vendor, bool bedrock, bool spellsClaude = false)
    {
        Vendor = vendor;
        _bedrock = bedrock;
        _spellsClaude = spellsClaude;
    }

    /// <summary>Whose models it serves; null for anybody's.</summary>
    public string? Vendor { get; }

    /// <summary>Whether it takes any name, after all that know the name better: an upstream of which nothing is known.</summary>
    public bool Anything => Vendor is null && !_bedrock;

    /// <summary>The territory of an account.</summary>
    public static ProviderModelScope From(Account account)
    {
        switch (account.Provider)
        {
            case "claude": return new ProviderModelScope("anthropic", bedrock: false, spellsClaude: true);
            case "gemini": return new ProviderModelScope("google", bedrock: false);
            case "codex": return new ProviderModelScope("openai", bedrock: false);
            case "bedrock": return new ProviderModelScope(null, bedrock: true, spellsClaude: true);
        }

        var host = Uri.TryCreate(account.BaseUrl, UriKind.Absolute, out var uri) ? uri.Host : "";
        foreach (var (known, vendor) in Hosts)
            if (host.Equals(known, StringComparison.OrdinalIgnoreCase)) return new ProviderModelScope(vendor, bedrock: false);
        return new ProviderModelScope(null, bedrock: false);
    }

    /// <summary>Whether a name lies in it.</summary>
    public bool Fits(string model)
    {
        if (_bedrock) model = ConverseChoice.Bare(model);
        if (_bedrock) return LooksLikeBedrock(model) || CanonicalName.VendorOf(CanonicalName.Normalize(model)) is "anthropic" or "amazon";
        return Vendor is not null && CanonicalName.VendorOf(CanonicalName.Normalize(model)) == Vendor && !model.Contains('/', StringComparison.Ordinal)
            && !(LooksLikeBedrock(model) && Vendor != "openai" && Vendor != "google");
    }

    /// <summary>The name as the upstream spells it, and whether the spelling asked for thinking; the name itself where there is nothing to be done.</summary>
    public (string Name, bool Thinking) Spell(string model)
    {
        if (!_spellsClaude || ClaudeName.Read(model) is not { } claude) return (model, false);
        var spelled = _bedrock ? claude.ForBedrock() : claude.ForAnthropic();
        return (spelled.Equals(model, StringComparison.OrdinalIgnoreCase) ? model : spelled, claude.IsThinking);
    }

    /// <summary>Whether a model of the catalog is shown for it.</summary>
    public bool Shows(CatalogModel model)
        => model.Listed && (_bedrock ? model.Facts.Vendor is "anthropic" or "amazon" : Vendor is not null && model.Facts.Vendor == Vendor);

    /// <summary>AWS's own spelling: an ARN, or vendor and model with a dot between (<c>us.anthropic.claude-…</c>).</summary>
    private static bool LooksLikeBedrock(string model)
    {
        if (model.StartsWith("arn:", StringComparison.OrdinalIgnoreCase)) return true;
        var dot = model.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && model.AsSpan(0, dot).IndexOfAnyExceptInRange('a', 'z') is var odd && (odd < 0 || model[..dot] == "us-gov");
    }
}

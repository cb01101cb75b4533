using Dragoman.Gateway.Catalog;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Claude;

/// <summary>Claude models, asked for by the ids of Anthropic's API however a client spells them.</summary>
internal sealed class ClaudeModelScope() : VendorModelScope("anthropic")
{
    /// <summary>One for all accounts.</summary>
    public static ClaudeModelScope Instance { get; } = new();

    /// <inheritdoc/>
    public override (string Name, bool Thinking) Spell(string model)
    {
        if (ClaudeName.Read(model) is not { } claude) return (model, false);
        var spelled = claude.ForAnthropic();
        return (spelled.Equals(model, StringComparison.OrdinalIgnoreCase) ? model : spelled, claude.IsThinking);
    }
}

using System.Collections.Concurrent;
using Dragoman.Gateway.Accounts;

namespace Dragoman.Providers.Copilot;

/// <summary>Which models GitHub refuses to the integration that an owner has chosen: they are asked for with the integration of GitHub's command line, which is the default.</summary>
internal sealed class CopilotIntegrations
{
    private const int MaxKept = 4096;

    private readonly ConcurrentDictionary<(string Account, string Model), bool> _refused = new();

    /// <summary>The integration that a model is asked for with; null where the account has none.</summary>
    public string? Of(Account account, string model)
    {
        if (!account.Options.TryGetValue(CopilotAccountSchema.IntegrationOption, out var own)) return null;
        return own != CopilotAccountSchema.DefaultIntegration && _refused.ContainsKey((account.Id, model)) ? CopilotAccountSchema.DefaultIntegration : own;
    }

    /// <summary>Has a model asked for with the default from now on; false where it is already, and so nothing else is left to try.</summary>
    public bool TryDefault(Account account, string model)
    {
        if (!account.Options.TryGetValue(CopilotAccountSchema.IntegrationOption, out var own) || own == CopilotAccountSchema.DefaultIntegration) return false;
        if (_refused.Count >= MaxKept) _refused.Clear();
        return _refused.TryAdd((account.Id, model), true);
    }
}

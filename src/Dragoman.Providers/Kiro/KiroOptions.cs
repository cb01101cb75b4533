using System.Globalization;
using Dragoman.Gateway.Accounts;
using Dragoman.Protocols.CodeWhisperer.Shared;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Providers.Kiro;

/// <summary>What the protocol has to know of an account and a model.</summary>
internal sealed class KiroOptions(KiroCatalog catalog, CodeWhispererCutCalls cutCalls)
{
    /// <summary>The options of a request.</summary>
    public UpstreamOptions Of(Account account, UpstreamModel model)
    {
        var known = catalog.Find(model.Id);
        var options = account.Options;
        return new CodeWhispererOptions
        {
            ProfileArn = KiroRequests.ProfileOf(account, account.Credential),
            SystemPlacement = options.ContainsKey(KiroAccountSchema.Placement.Name) ? CodeWhispererSystemPlacement.FirstMessage : CodeWhispererSystemPlacement.Pair,
            MaxBodyBytes = options.TryGetValue(KiroAccountSchema.MaxBody.Name, out var most) ? int.Parse(most, CultureInfo.InvariantCulture) : CodeWhispererOptions.Default.MaxBodyBytes,
            AdvisesSmallWrites = options.ContainsKey(KiroAccountSchema.SmallWrites.Name),
            ReadsCallsInText = options.ContainsKey(KiroAccountSchema.CallsInText.Name),
            EndIsMarked = !options.ContainsKey(KiroAccountSchema.UnmarkedEnd.Name),
            MaxInputTokens = known.Window,
            CachePoints = known.CachePoints,
            Reasoning = known.Reasoning,
            Efforts = known.Efforts,
            SearchesWeb = true,
            CutCalls = cutCalls,
        };
    }
}

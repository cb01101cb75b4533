using System.Collections.Concurrent;
using System.Globalization;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Catalog;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Schema;
using Dragoman.Gateway.Text;
using Dragoman.Protocols;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.CodingPlan;

/// <summary>Keys of vendors' coding plans: one module for all of them, whose plans are rows of data.</summary>
public static class CodingPlanModule
{
    /// <summary>The provider's id.</summary>
    internal const string Id = "coding-plan";

    private static readonly DateOnly AsOf = new(2026, 11, 30);

    /// <summary>Scopes by vendor: accounts of one vendor share one.</summary>
    private static readonly ConcurrentDictionary<string, ModelScope> Scopes = new(StringComparer.Ordinal);

    /// <summary>Makes the module.</summary>
    public static ProviderModule Create() => new()
    {
        Descriptor = new ProviderDescriptor(Id, "Coding plans")
        {
            Kind = ProviderKind.ApiKey, KeysPage = CodingPlanSettings.Defaults.Offers[0].KeysPage,
            BaseUrls = [.. CodingPlanSettings.Defaults.Offers.Select(offer => offer.Host).Distinct()],
            Protocols = [.. OfferReading.Protocols.Select(item => item.Protocol)],
            Homepage = CodingPlanSettings.Defaults.Offers[0].KeysPage!,
            ThirdPartyUse = new ThirdPartyUse(ThirdPartyPosition.Tolerated, "Each plan has its vendor's own position: see its row. Most are sold for coding agents that people sit before, and not for services.", AsOf),
        },
        Accounts = new CodingPlanAccountSchema(),
        Requests = new CodingPlanRequests(),
        Authenticator = HeaderKey.Bearer,
        Failures = new CodingPlanFailures(),
        Quotas = QuotaHeaders.Instance,
        QuotaReader = new CodingPlanQuotaReader(),
        Models = ModelLists.Instance,
        Settings = ProviderSettings.From<CodingPlanSettings>(AsOf),
        ScopeOf = static account => account.Options.TryGetValue(CodingPlanAccountSchema.Vendor, out var vendor) ? Scopes.GetOrAdd(vendor, static name => new VendorModelScope(name)) : ModelScope.Anything,
        WarningsOf = static (account, _) => WarningsOf(account),
    };

    /// <summary>Nobody signs in to a plan, so what its vendor says against programs of others is said of the account.</summary>
    private static IReadOnlyList<CodedText> WarningsOf(Account account)
        => CodingPlanSettings.Defaults.Find(account.Options[CodingPlanAccountSchema.Plan]) is { ThirdPartyUse: { Position: ThirdPartyPosition.Forbidden } terms } offer
            ? [CodedText.Create(
                "position_forbidden", string.Create(CultureInfo.InvariantCulture, $"The vendor's position on {offer.Name} ({terms.AsOf:d MMMM yyyy}): {terms.Statement}"),
                ("offer", offer.Name), ("day", terms.AsOf.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)), ("statement", terms.Statement))] : [];
}

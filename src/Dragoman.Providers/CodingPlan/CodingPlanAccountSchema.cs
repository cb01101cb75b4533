using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers.Schema;
using Dragoman.Gateway.Settings;
using Dragoman.Protocols;

namespace Dragoman.Providers.CodingPlan;

/// <summary>A key of a coding plan: which plan it is, and where its owner wants another address than the plan's.</summary>
internal sealed class CodingPlanAccountSchema : IAccountSchema
{
    /// <summary>The option that holds the plan's id.</summary>
    public const string Plan = "plan";

    /// <summary>The option that holds the address of the usage page; absent where none is asked.</summary>
    public const string Usage = "usage-url";

    /// <summary>The option that holds the vendor's name in the catalog.</summary>
    public const string Vendor = "vendor";

    /// <summary>The option that is there where the plan tells its models.</summary>
    public const string Lists = "lists-models";

    /// <summary>The option that holds the signs of a plan that is used up, each on its line.</summary>
    public const string QuotaSigns = "quota-signs";

    /// <summary>The option that holds the signs of a model that the plan does not have, each on its line.</summary>
    public const string ModelSigns = "model-signs";

    private static readonly ModelSettings Models = new();

    /// <inheritdoc/>
    public string Section => CodingPlanModule.Id;

    /// <inheritdoc/>
    public AccountForm Form { get; } = new(
        [new CredentialForm(ApiKeyCredential.KindName, "Key of the plan", ApiKeyCredential.Fields)],
        [
            new SettingField(Plan, SettingType.Text, $"The plan: {string.Join(", ", CodingPlanSettings.Defaults.Offers.Select(offer => offer.Id))}, or one of providers.{CodingPlanModule.Id}.offers.") { IsRequired = true },
            new SettingField("wire-api", SettingType.Choice, "Which protocol it is asked in; the plan's usual one where it is absent.") { Choices = [.. OfferReading.Protocols.Select(item => item.Word)] },
            new SettingField("base-url", SettingType.Address, "Where the plan is served, where that is not the vendor's own address; the usage page moves with it."),
            new SettingField(Usage, SettingType.Text, "Where it is asked what is left; off for nowhere."),
            .. CommonAccountSettings.SettingsWith(Models),
        ]);

    /// <inheritdoc/>
    public IReadOnlyList<Account> Read(SettingsReader entry, Func<string, string?> environment) => Read(entry, environment, CodingPlanSettings.Defaults);

    /// <inheritdoc/>
    public IReadOnlyList<Account> Read(SettingsReader entry, Func<string, string?> environment, object? settings)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var offer = ReadOffer(entry, settings as CodingPlanSettings ?? CodingPlanSettings.Defaults);
        var word = entry.GetEnum<Protocol?>("wire-api", null, [.. OfferReading.Protocols.Select(item => (item.Word, (Protocol?)item.Protocol))]);
        if (offer is not null && word is { } wanted && offer.PathOf(wanted) is null)
            entry.ErrorAt("wire-api", $"The plan '{offer.Id}' is not served by this protocol.", $"Write {string.Join(" or ", offer.Paths.Select(path => WordOf(path.Key)))}.");
        var own = AddressSettings.Base(entry, "base-url", "/chat/completions", "/v1/messages", "/responses");
        var (isOff, page) = ReadUsage(entry);
        var credential = ApiKeyCredential.Read(entry);
        var shared = new CommonAccountSettings(entry, Models);
        entry.Finish(UnsupportedSettings.Entry);
        if (offer is null || credential is null) return [];
        var protocol = word ?? offer.Paths[0].Key;
        var baseUrl = own ?? offer.Host + offer.PathOf(protocol);
        var options = new Dictionary<string, string>(StringComparer.Ordinal) { [Plan] = offer.Id };
        if (!isOff && (page ?? offer.UsageAddressOf(baseUrl, protocol)) is { } usage) options[Usage] = usage;
        if (offer.Vendor is { } vendor) options[Vendor] = vendor;
        if (offer.Lists.Contains(protocol)) options[Lists] = "true";
        if (offer.QuotaSigns.Count > 0) options[QuotaSigns] = string.Join('\n', offer.QuotaSigns);
        if (offer.ModelSigns.Count > 0) options[ModelSigns] = string.Join('\n', offer.ModelSigns);
        return
        [
            shared.Apply(new Account { Id = "", Label = shared.Name ?? offer.Id, Provider = CodingPlanModule.Id, Protocol = protocol, BaseUrl = baseUrl, Credential = credential, Options = options }),
        ];
    }

    private static CodingPlanOffer? ReadOffer(SettingsReader entry, CodingPlanSettings settings)
    {
        var known = string.Join(", ", settings.Offers.Select(offer => offer.Id));
        if (entry.Text(Plan) is not { Length: > 0 } plan)
        {
            entry.ErrorAt(Plan, "The account needs a plan.", $"Add plan: with one of {known}.");
            return null;
        }

        if (settings.Find(plan) is { } offer) return offer;
        entry.ErrorAt(Plan, $"There is no plan '{plan}'.", $"Write one of {known}, or describe it under providers.{CodingPlanModule.Id}.offers.");
        return null;
    }

    private static (bool IsOff, string? Page) ReadUsage(SettingsReader entry)
        => entry.Text(Usage) is { } text && text.Equals("off", StringComparison.OrdinalIgnoreCase) ? (true, null) : (false, AddressSettings.Base(entry, Usage));

    private static string WordOf(Protocol protocol) => OfferReading.Protocols.First(item => item.Protocol == protocol).Word;
}

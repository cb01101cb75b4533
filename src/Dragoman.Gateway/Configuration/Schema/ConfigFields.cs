using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Schema;
using Dragoman.Gateway.Settings;
using static Dragoman.Gateway.Configuration.Schema.ConfigSections;

namespace Dragoman.Gateway.Configuration.Schema;

/// <summary>Every key of <c>config.yaml</c>, described. A test reads a file with all of them and compares what the readers asked for with what is described here: names, types, bounds and words.</summary>
public static class ConfigFields
{
    private static readonly string[] Channels = ["codex", "claude-code", "antigravity", "xai"];

    /// <summary>The keys at the left margin of the file, in the order of the documentation.</summary>
    /// <param name="providers">The providers whose accounts the file may list.</param>
    public static IReadOnlyList<SettingField> Describe(ProviderRegistry providers)
    {
        ArgumentNullException.ThrowIfNull(providers);
        return
        [
            .. In(Listening, ListenerFields.All), .. In(Access, AccessFields.All), .. In(ConfigSections.Routing, RoutingFields.All), .. In(Traffic, TrafficFields.All), .. In(Recording, KeepingFields.All), .. In(ConfigSections.Providers, AmpFields.All),
            new("providers", SettingType.Group, "Addresses, client ids and versions of providers as a whole; each has a default of a certain day.")
            {
                Section = ConfigSections.Providers,
                Items = [.. providers.All.Where(static provider => provider.Settings is not null).Select(Settings)],
            },
            .. In(ConfigSections.Accounts, providers.All.Select(Accounts)),
            .. In(ConfigSections.Accounts, providers.All.Where(static provider => provider.Accounts.BareKeySection is not null).Select(BareKeys)),
            .. Channels.Select(static channel => new SettingField(channel, SettingType.Group, "Settings of CLIProxyAPI for a kind of account; read for compatibility.") { Section = Old, Foreign = UnsupportedSettings.Channels }),
        ];
    }

    private static SettingField Settings(ProviderModule provider)
        => new(provider.Id, SettingType.Group, $"{provider.Descriptor.DisplayName}: its addresses and ids; the defaults are of {provider.Settings!.AsOf:yyyy-MM-dd}.") { Items = provider.Settings.Fields };

    private static SettingField Accounts(ProviderModule provider)
    {
        var form = provider.Accounts.Form;
        // Which of the ways to authenticate an entry takes is its owner's choice, so no key of a credential is needed by itself.
        var credentials = form.Credentials.SelectMany(static choice => choice.Fields).DistinctBy(static field => field.Name).Select(static field => field with { IsRequired = false });
        return new SettingField(provider.Accounts.Section, SettingType.List, $"Accounts of {provider.Descriptor.DisplayName}.")
        {
            Items = [.. CommonAccountSettings.AccountFields, .. credentials, .. form.FileOnly, .. form.Settings],
            Foreign = UnsupportedSettings.Entry,
        };
    }

    private static SettingField BareKeys(ProviderModule provider)
        => new(provider.Accounts.BareKeySection!, SettingType.TextList, $"API keys of {provider.Descriptor.DisplayName}, each an account without further settings.") { IsSecret = true };
}

using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Catalog;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Schema;
using Dragoman.Management.Forms;
using Dragoman.Management.Logins;
using Dragoman.Protocols.Registry;

namespace Dragoman.Management.Providers;

/// <summary>The providers, as their modules describe themselves.</summary>
public sealed class ProviderDirectory(AccountRegistry accounts)
{
    private const int MostExamples = 6;

    /// <summary>All of them.</summary>
    public ProviderListView List()
    {
        var counts = accounts.Entries.CountBy(static entry => entry.Account?.Provider ?? entry.Stored!.Provider).ToDictionary(StringComparer.Ordinal);
        return new ProviderListView([.. accounts.Providers.All.Select(provider => Describe(provider, counts.GetValueOrDefault(provider.Id)))]);
    }

    private static ProviderView Describe(ProviderModule provider, int count)
    {
        var (facts, form) = (provider.Descriptor, provider.Accounts.Form);
        return new ProviderView(
            provider.Id, facts.DisplayName, facts.Kind, facts.Homepage, facts.KeysPage, provider.Accounts.Section, facts.BaseUrls,
            [.. facts.Protocols.Select(static protocol => ProtocolRegistry.Traits(protocol).Name)], [.. form.Credentials.Select(static choice => choice.Kind).Distinct()],
            [.. form.Credentials.Select(static choice => new CredentialFormView(choice.Kind, choice.Title, [.. choice.Fields.Select(static field => SettingFieldView.From(field, FieldPlace.Credential))]))],
            [
                .. CommonAccountSettings.AccountFields.Select(static field => SettingFieldView.From(field, FieldPlace.Account)),
                .. form.Settings.Select(static field => SettingFieldView.From(field, FieldPlace.Settings)),
            ],
            [.. provider.Logins.Select(LoginFlowView.From)], facts.ThirdPartyUse, provider.Settings?.AsOf, provider.Models is not null, count, ExamplesOf(provider));
    }

    private static List<string>? ExamplesOf(ProviderModule provider)
    {
        var scope = provider.ScopeOf(new Account { Id = "", Label = "", Provider = provider.Id, Protocol = provider.Descriptor.Protocols[0], BaseUrl = provider.Descriptor.BaseUrls[0], Credential = new NoCredential() });
        var models = ModelCatalog.BuiltIn.All.Where(scope.Shows).Select(static model => model.Id).Take(MostExamples).ToList();
        return models.Count > 0 ? models : null;
    }
}

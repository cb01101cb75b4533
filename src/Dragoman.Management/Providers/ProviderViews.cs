using Dragoman.Gateway.Providers;
using Dragoman.Management.Forms;
using Dragoman.Management.Logins;

namespace Dragoman.Management.Providers;

/// <summary>All providers.</summary>
/// <param name="Providers">In the order in which accounts of the configuration file are listed.</param>
public sealed record ProviderListView(IReadOnlyList<ProviderView> Providers);

/// <summary>A provider: what it is, and what an account of it is made of.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Kind">What sort of offer it is.</param>
/// <param name="Homepage">The vendor's page about the offer.</param>
/// <param name="KeysPage">The vendor's page on which keys are made.</param>
/// <param name="Section">The key of <c>config.yaml</c> under which its entries are listed.</param>
/// <param name="BaseUrls">Where its API is, the usual address first; an address may hold a place to fill in.</param>
/// <param name="Protocols">The protocols that it speaks, the usual one first.</param>
/// <param name="CredentialKinds">The kinds of credentials that it takes, each once.</param>
/// <param name="Credentials">The ways to authenticate, the usual one first.</param>
/// <param name="Fields">What else an account has: its own members, and its settings.</param>
/// <param name="Flows">The ways of signing in, the usual one first.</param>
/// <param name="ThirdPartyUse">What the vendor says about use by other programs.</param>
/// <param name="DefaultsAsOf">The day on which the built-in endpoints, client ids and versions were right.</param>
/// <param name="DiscoversModels">Whether its upstream can be asked which models there are.</param>
/// <param name="Accounts">How many accounts of it there are.</param>
/// <param name="ModelExamples">Some of the models that the catalog has for it.</param>
public sealed record ProviderView(
    string Id, string Name, ProviderKind Kind, string Homepage, string? KeysPage, string Section, IReadOnlyList<string> BaseUrls, IReadOnlyList<string> Protocols, IReadOnlyList<string> CredentialKinds,
    IReadOnlyList<CredentialFormView> Credentials, IReadOnlyList<SettingFieldView> Fields, IReadOnlyList<LoginFlowView> Flows, ThirdPartyUse ThirdPartyUse, DateOnly? DefaultsAsOf, bool DiscoversModels,
    int Accounts, IReadOnlyList<string>? ModelExamples);

/// <summary>One way in which an account can authenticate.</summary>
/// <param name="Kind">The kind of credential that it makes; <c>oauth</c> comes from signing in.</param>
/// <param name="Title">What people call it.</param>
/// <param name="Fields">What has to be entered; nothing for a credential that is found elsewhere or not needed.</param>
public sealed record CredentialFormView(string Kind, string Title, IReadOnlyList<SettingFieldView> Fields);

/// <summary>What an upstream said that was asked for its models.</summary>
/// <param name="Models">The models that it lists; none where it tells none.</param>
/// <param name="Problem">Why there are none; absent where the list is whole.</param>
/// <param name="Status">The status of its answer; absent where none came.</param>
/// <param name="LatencyMs">How long it took, in milliseconds.</param>
public sealed record DiscoveredModelsView(IReadOnlyList<DiscoveredModelView> Models, string? Problem, int? Status, double LatencyMs);

/// <summary>A model of an upstream's list.</summary>
/// <param name="Id">The upstream's own id.</param>
/// <param name="DisplayName">What people call it, where the catalog knows it.</param>
public sealed record DiscoveredModelView(string Id, string? DisplayName);

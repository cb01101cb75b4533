using Dragoman.Management.Access;

namespace Dragoman.Management.Tests.Access;

/// <summary>Hashes of the management secret: ours, and bcrypt's as libcrypt made them.</summary>
public sealed class SecretHashTests
{
    [Theory]
    [InlineData("s3cret-of-the-house", "$2a$04$abcdefghijklmnopqrstuu/oeYTOcJgwHyWkTPiO4nulgnhmk5NLK")]
    [InlineData("s3cret-of-the-house", "$2y$06$N9qo8uLOickgx2ZMRZoMyeVcFf60bmDTmqsvTc7d1vZ8jUjaSsNAG")]
    [InlineData("Ünïcode", "$2a$04$abcdefghijklmnopqrstuuY0m5irW54qTQG144u5RuK4jb6xWmaXm")]
    [InlineData("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "$2a$04$abcdefghijklmnopqrstuubzadhGtS2zEF.gu0yd0opP6cVzb.e0i")]
    public void Bcrypt_hashes_of_others_are_understood(string secret, string hash)
    {
        BcryptHash.Matches(hash, secret).ShouldBeTrue();
        BcryptHash.Matches(hash, "y" + secret[1..]).ShouldBeFalse();
        BcryptHash.Matches(hash[..59] + (hash[59] == 'e' ? 'i' : 'e'), secret).ShouldBeFalse();
    }

    [Theory]
    [InlineData("")]
    [InlineData("$2a$99$abcdefghijklmnopqrstuu/oeYTOcJgwHyWkTPiO4nulgnhmk5NLK")]
    [InlineData("$2a$04$abcdefghijklmnopqrst!!/oeYTOcJgwHyWkTPiO4nulgnhmk5NLK")]
    [InlineData("pbkdf2-sha512$999999999$AA==$AA==")]
    [InlineData("pbkdf2-sha512$1$!$!")]
    public void What_is_no_hash_matches_nothing(string hash)
    {
        BcryptHash.Matches(hash, "anything").ShouldBeFalse();
        SecretHash.Matches(hash, "anything").ShouldBeFalse();
    }

    [Fact]
    public void Our_own_are_salted_and_match_only_their_secret()
    {
        var (one, two) = (SecretHash.Make("the-secret"), SecretHash.Make("the-secret"));
        one.ShouldNotBe(two);
        one.ShouldNotContain("the-secret");
        SecretHash.Matches(one, "the-secret").ShouldBeTrue();
        SecretHash.Matches(two, "the-secret").ShouldBeTrue();
        SecretHash.Matches(one, "the-secreT").ShouldBeFalse();
        SecretHash.Matches(one, "").ShouldBeFalse();
    }
}

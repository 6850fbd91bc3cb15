use insta::assert_snapshot;

use super::{dataset, instance, person, scribe};
use crate::testing::pretty;

#[test]
fn the_instance_actor_says_that_it_speaks_our_protocol() {
    assert_snapshot!(pretty(&instance()), @r#"
    {
      @context: ["https://www.w3.org/ns/activitystreams","https://w3id.org/security/v1","https://www.w3.org/ns/did/v1","https://w3id.org/security/multikey/v1","our terms"]
      assertionMethod: [
        {
          controller: "https://a.example/actor"
          id: "https://a.example/actor#ed25519-z6MkfpucGTDbMZADwM6vEa8pS3s8Z9xqSEn6HihijZ4fVs9d"
          publicKeyMultibase: "z6MkfpucGTDbMZADwM6vEa8pS3s8Z9xqSEn6HihijZ4fVs9d"
          type: "Multikey"
        }
      ]
      discoverable: false
      endpoints: {
        sharedInbox: "https://a.example/inbox"
      }
      followers: "https://a.example/actor/followers"
      id: "https://a.example/actor"
      implements: [
        {
          href: "https://w3id.org/rustine/ns/v1"
          name: "Rustine 1"
        }
      ]
      inbox: "https://a.example/inbox"
      indexable: false
      manuallyApprovesFollowers: true
      name: "Hub <A>"
      outbox: "https://a.example/actor/outbox"
      preferredUsername: "instance"
      publicKey: {
        id: "https://a.example/actor#main-key"
        owner: "https://a.example/actor"
        publicKeyPem: "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n"
      }
      published: "2026-11-20T10:00:00Z"
      type: "Application"
      url: "https://a.example/"
      webfinger: "instance@a.example"
    }
    "#);
}

#[test]
fn a_dataset_is_a_group_that_repeats_its_log() {
    assert_snapshot!(pretty(&dataset()), @r#"
    {
      @context: ["https://www.w3.org/ns/activitystreams","https://w3id.org/security/v1","https://www.w3.org/ns/did/v1","https://w3id.org/security/multikey/v1","our terms"]
      assertionMethod: [
        {
          controller: "https://a.example/datasets/lieux"
          id: "https://a.example/datasets/lieux#ed25519-z6MkfpucGTDbMZADwM6vEa8pS3s8Z9xqSEn6HihijZ4fVs9d"
          publicKeyMultibase: "z6MkfpucGTDbMZADwM6vEa8pS3s8Z9xqSEn6HihijZ4fVs9d"
          type: "Multikey"
        }
      ]
      audience: "https://www.w3.org/ns/activitystreams#Public"
      discoverable: true
      endpoints: {
        sharedInbox: "https://a.example/inbox"
      }
      followers: "https://a.example/datasets/lieux/followers"
      generator: {
        id: "https://a.example/actor"
        implements: [
          {
            href: "https://w3id.org/rustine/ns/v1"
            name: "Rustine 1"
          }
        ]
        name: "Rustine"
        type: "Application"
      }
      genesis: "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"
      id: "https://a.example/datasets/lieux"
      inbox: "https://a.example/datasets/lieux/inbox"
      indexable: true
      license: "ODbL-1.0"
      log: "https://a.example/datasets/lieux/log"
      manuallyApprovesFollowers: false
      name: "Lieux d'inclusion"
      outbox: "https://a.example/datasets/lieux/outbox"
      postingRestrictedToMods: true
      preferredUsername: "lieux"
      publicKey: {
        id: "https://a.example/datasets/lieux#main-key"
        owner: "https://a.example/datasets/lieux"
        publicKeyPem: "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n"
      }
      published: "2026-11-20T10:00:00Z"
      replicas: "https://a.example/datasets/lieux/replicas"
      summary: "<p>Une ligne &amp; &lt;b&gt;une autre&lt;/b&gt;</p><p>fin</p>"
      type: "Group"
      uid: "urn:uuid:dd16066f-9dc2-4f17-a097-32417499fb67"
      url: "https://a.example/datasets/lieux"
      webfinger: "lieux@a.example"
    }
    "#);
}

#[test]
fn a_person_looks_like_one_of_mastodon() {
    assert_snapshot!(pretty(&person()), @r#"
    {
      @context: ["https://www.w3.org/ns/activitystreams","https://w3id.org/security/v1","https://www.w3.org/ns/did/v1","https://w3id.org/security/multikey/v1","our terms"]
      assertionMethod: [
        {
          controller: "https://a.example/users/lea"
          id: "https://a.example/users/lea#ed25519-z6MkfpucGTDbMZADwM6vEa8pS3s8Z9xqSEn6HihijZ4fVs9d"
          publicKeyMultibase: "z6MkfpucGTDbMZADwM6vEa8pS3s8Z9xqSEn6HihijZ4fVs9d"
          type: "Multikey"
        }
      ]
      discoverable: false
      endpoints: {
        sharedInbox: "https://a.example/inbox"
      }
      followers: "https://a.example/users/lea/followers"
      id: "https://a.example/users/lea"
      inbox: "https://a.example/users/lea/inbox"
      indexable: false
      manuallyApprovesFollowers: false
      name: "Léa"
      outbox: "https://a.example/users/lea/outbox"
      preferredUsername: "lea"
      publicKey: {
        id: "https://a.example/users/lea#main-key"
        owner: "https://a.example/users/lea"
        publicKeyPem: "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n"
      }
      type: "Person"
      url: "https://a.example/users/lea"
      webfinger: "lea@a.example"
    }
    "#);
}

#[test]
fn the_scribe_is_a_service() {
    assert_snapshot!(pretty(&scribe()), @r#"
    {
      @context: ["https://www.w3.org/ns/activitystreams","https://w3id.org/security/v1","https://www.w3.org/ns/did/v1","https://w3id.org/security/multikey/v1","our terms"]
      assertionMethod: [
        {
          controller: "https://a.example/users/scribe"
          id: "https://a.example/users/scribe#ed25519-z6MkfpucGTDbMZADwM6vEa8pS3s8Z9xqSEn6HihijZ4fVs9d"
          publicKeyMultibase: "z6MkfpucGTDbMZADwM6vEa8pS3s8Z9xqSEn6HihijZ4fVs9d"
          type: "Multikey"
        }
      ]
      discoverable: true
      endpoints: {
        sharedInbox: "https://a.example/inbox"
      }
      followers: "https://a.example/users/scribe/followers"
      id: "https://a.example/users/scribe"
      inbox: "https://a.example/users/scribe/inbox"
      indexable: true
      manuallyApprovesFollowers: false
      name: "Hub A"
      outbox: "https://a.example/users/scribe/outbox"
      preferredUsername: "scribe"
      publicKey: {
        id: "https://a.example/users/scribe#main-key"
        owner: "https://a.example/users/scribe"
        publicKeyPem: "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n"
      }
      type: "Service"
      url: "https://a.example/users/scribe"
      webfinger: "scribe@a.example"
    }
    "#);
}
